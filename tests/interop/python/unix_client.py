"""Sends words to a Unix socket and prints the reply: stream PATH WORDS... or datagram PATH OWN_PATH WORDS..."""

import socket
import sys

kind, path, *words = sys.argv[1:]

if kind == "stream":
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.connect(path)
        sock.sendall(" ".join(words).encode() + b"\n")
        sock.shutdown(socket.SHUT_WR)
        with sock.makefile("rb") as file:
            received, source = file.read(), sock.getpeername()
else:
    # A command line cannot hold the NUL byte of an abstract name.
    path, own_path = path.replace("@", "\0"), words.pop(0).replace("@", "\0")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(own_path)
        sock.settimeout(10)
        sock.sendto(" ".join(words).encode(), path)
        received, source = sock.recvfrom(200_000)

source = source.decode() if isinstance(source, bytes) else source
print(f"{received.decode().strip()} from {source}".replace("\0", "@"))
