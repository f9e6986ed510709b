"""Runs a program of docs/examples/python at another port than its 9999: at_port.py PORT PROGRAM WORD…

A server names the port that it has on standard error.
"""

import socketserver
import sys

port, program, *words = sys.argv[1:]
serve_forever = socketserver.BaseServer.serve_forever


def named_serve_forever(server, *arguments):
    print("port", server.server_address[1], file=sys.stderr)
    serve_forever(server, *arguments)


socketserver.BaseServer.serve_forever = named_serve_forever

with open(program) as file:
    source = file.read().replace("9999", port)
sys.argv = [program, *words]
exec(compile(source, program, "exec"), {"__name__": "__main__"})
