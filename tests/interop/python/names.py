"""Prints as JSON every public name of socketserver: its classes, and what servers and handlers have of members."""

import json
import socket
import socketserver

servers, handlers = set(), set()


def members(thing):
    # dir() has everything that a class or an object offers, its own and inherited.
    return {name for name in dir(thing) if not name.startswith("_")}


def serve(server_class, handler_class, client_type):
    class Handler(handler_class):
        def handle(self):
            handlers.update(members(self))

    with server_class(("localhost", 0), Handler) as server, socket.socket(socket.AF_INET, client_type) as client:
        servers.update(members(server))
        client.connect(server.server_address)
        client.send(b"x")
        server.handle_request()


serve(socketserver.TCPServer, socketserver.StreamRequestHandler, socket.SOCK_STREAM)
serve(socketserver.UDPServer, socketserver.DatagramRequestHandler, socket.SOCK_DGRAM)
for name in socketserver.__all__:
    if name.endswith("Server") or name.endswith("MixIn"):
        servers.update(members(getattr(socketserver, name)))

names = {"classes": socketserver.__all__, "servers": sorted(servers), "handlers": sorted(handlers)}
print(json.dumps(names))
