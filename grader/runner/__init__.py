"""Running code that nobody has read: zygote, student, wire, supervisor and the wall."""
