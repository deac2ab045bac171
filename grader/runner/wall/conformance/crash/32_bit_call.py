# Makes a system call by the 32-bit way, whose numbers differ.
# outcome: crashed SIGSYS or SIGSEGV

import ctypes
import mmap
import platform

if platform.machine() != "x86_64":
    ctypes.string_at(0)
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20 (getpid); int 0x80; ret
print(
    "REACHED", ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
)
