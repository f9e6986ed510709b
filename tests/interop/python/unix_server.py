"""Serves upper case on a Unix socket until its standard input ends: stream PATH or datagram PATH."""

import socketserver
import sys
import threading


class StreamHandler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())


class DatagramHandler(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read().upper())


kind, path = sys.argv[1:]
if kind == "stream":
    server = socketserver.UnixStreamServer(path, StreamHandler)
else:
    server = socketserver.UnixDatagramServer(path, DatagramHandler)
    server.max_packet_size = 200_000

with server:
    threading.Thread(target=server.serve_forever).start()
    print("ready", flush=True)
    sys.stdin.read()
    server.shutdown()
