"""The recorder: watches a training from inside. All of this runs in the student's process."""
