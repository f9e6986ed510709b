"""Prints as JSON how Python's socketserver behaves where the library differs from it."""

import errno
import json
import os
import select
import signal
import socket
import socketserver
import sys
import tempfile
import threading

LOCAL = ("localhost", 0)
PATIENCE_S = 1
facts = {}


def in_thread(action):
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def handler(handle, base=socketserver.BaseRequestHandler):
    return type("Handler", (base,), {"handle": handle})


def quiet(server_class):
    return type("Quiet", (server_class,), {"handle_error": lambda *_: None})


def constructor():
    with socketserver.TCPServer(LOCAL, socketserver.BaseRequestHandler) as server:
        socket.create_connection(server.server_address).close()
        facts["listens when it is made"] = True


def backlog():
    busy, done = threading.Event(), threading.Event()

    def handle(self):
        busy.set()
        done.wait()

    with socketserver.TCPServer(LOCAL, handler(handle)) as server:
        in_thread(server.serve_forever)
        clients = [socket.create_connection(server.server_address)]
        busy.wait()
        for _ in range(29):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(server.server_address)
            clients.append(client)
        wait = select.poll()
        for client in clients:
            wait.register(client, select.POLLOUT)
        threading.Event().wait(PATIENCE_S)
        facts["clients of 30 that are connected"] = len(wait.poll(0))
        for client in clients:
            client.close()
        done.set()
        server.shutdown()


def deadlock():
    server = socketserver.TCPServer(LOCAL, handler(lambda self: self.server.shutdown()))
    loop = in_thread(server.serve_forever)
    socket.create_connection(server.server_address)
    loop.join(PATIENCE_S)
    facts["shutdown() in a handler deadlocks"] = loop.is_alive()


def fork():
    def handle(self):
        if os.fork() == 0:
            # The parent has shut the connection down when the client has seen its end.
            childs_end.recv(1)
            try:
                self.request.sendall(b"from the child")
            except BrokenPipeError:
                childs_end.send(b"broken pipe")
            os._exit(0)

    our_end, childs_end = socket.socketpair()
    with socketserver.TCPServer(LOCAL, handler(handle)) as server:
        in_thread(server.serve_forever)
        client = socket.create_connection(server.server_address)
        facts["a client of a fork in handle() gets"] = client.recv(20).decode()
        our_end.send(b"x")
        facts["the child gets"] = our_end.recv(20).decode()
        server.shutdown()


def datagrams():
    def handle(self):
        if self.packet == b"partly":
            self.wfile.write(b"part")
            raise ValueError

    Handler = handler(handle, socketserver.DatagramRequestHandler)
    with quiet(socketserver.UDPServer)(LOCAL, Handler) as server:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for packet in (b"nothing", b"partly"):
            client.sendto(packet, server.server_address)
            server.handle_request()
            facts["reply to " + packet.decode()] = client.recv(20).decode()


def unix_file():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "server")
        socketserver.UnixStreamServer(path, socketserver.BaseRequestHandler).server_close()
        facts["a Unix socket leaves its file"] = os.path.exists(path)


def failing_report():
    def handle(self):
        raise ValueError

    def handle_error(self, *_):
        raise RuntimeError

    class Server(socketserver.TCPServer):
        pass

    Server.handle_error = handle_error

    def serve():
        try:
            server.serve_forever()
        except RuntimeError:
            facts["an error in handle_error() ends the loop"] = True

    with Server(LOCAL, handler(handle)) as server:
        loop = in_thread(serve)
        socket.create_connection(server.server_address)
        loop.join()


def mixed_reads():
    def handle(self):
        self.rfile.readline()
        self.request.setblocking(False)
        try:
            self.request.recv(20)
        except BlockingIOError:
            facts["recv() misses what rfile has read ahead"] = True

    with socketserver.TCPServer(LOCAL, handler(handle, socketserver.StreamRequestHandler)) as server:
        client = socket.create_connection(server.server_address)
        client.sendall(b"line\nrest")
        server.handle_request()


def failing_verification():
    class Server(socketserver.TCPServer):
        def verify_request(self, *_):
            raise RuntimeError

    with Server(LOCAL, socketserver.BaseRequestHandler) as server:
        client = socket.create_connection(server.server_address)
        try:
            server.serve_forever()
        except RuntimeError:
            facts["an error in verify_request() ends the loop"] = True


def interrupt():
    with socketserver.TCPServer(LOCAL, handler(lambda self: signal.raise_signal(signal.SIGINT))) as server:
        client = socket.create_connection(server.server_address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            facts["Ctrl-C is an exception"] = True


def loops():
    server = socketserver.TCPServer(LOCAL, socketserver.BaseRequestHandler)
    early = in_thread(server.shutdown)
    early.join(PATIENCE_S)
    facts["shutdown() before a loop waits"] = early.is_alive()

    server = socketserver.TCPServer(LOCAL, socketserver.BaseRequestHandler)
    loops = [in_thread(server.serve_forever), in_thread(server.serve_forever)]
    socket.create_connection(server.server_address).recv(1)
    facts["loops that a server may have"] = sum(loop.is_alive() for loop in loops)

    server = socketserver.TCPServer(LOCAL, socketserver.BaseRequestHandler)
    loop = in_thread(server.serve_forever)
    socket.create_connection(server.server_address).recv(1)
    server.server_close()
    loop.join(PATIENCE_S)
    facts["server_close() leaves the loop"] = loop.is_alive()
    server.shutdown()

    server = socketserver.TCPServer(LOCAL, socketserver.BaseRequestHandler)
    loop = in_thread(server.serve_forever)
    socket.create_connection(server.server_address).recv(1)
    server.shutdown()
    loop.join()
    server.shutdown()
    loop = in_thread(server.serve_forever)
    loop.join(PATIENCE_S)
    facts["a shutdown() too many ends the next loop"] = not loop.is_alive()
    server.server_close()
    try:
        server.handle_request()
    except ValueError:
        facts["a closed server has no socket"] = True


def timed_out_read():
    def handle(self):
        try:
            self.rfile.readline()
        except TimeoutError:
            client.sendall(b"line\n")
        try:
            self.rfile.readline()
        except OSError as error:
            facts["a read after a timeout"] = str(error)

    Handler = handler(handle, socketserver.StreamRequestHandler)
    Handler.timeout = 0.01
    with socketserver.TCPServer(LOCAL, Handler) as server:
        client = socket.create_connection(server.server_address)
        server.handle_request()


def children():
    class Server(socketserver.ForkingTCPServer):
        max_children = 1

        def handle_error(self, *_):
            facts["the death of a child is reported"] = True

    facts["the death of a child is reported"] = False
    with Server(LOCAL, handler(lambda self: os.kill(os.getpid(), signal.SIGKILL))) as server:
        client = socket.create_connection(server.server_address)
        server.handle_request()
    with Server(LOCAL, socketserver.BaseRequestHandler) as server:
        other = os.fork()
        if other == 0:
            os._exit(0)
        # No process has this number, so that the server waits for whichever there are.
        server.active_children = {0}
        server.collect_children()
        try:
            os.waitpid(other, 0)
        except ChildProcessError:
            facts["other children are collected too"] = True


def addresses():
    try:
        socketserver.TCPServer(("::1", 0), socketserver.BaseRequestHandler)
    except OSError:
        facts["AF_INET refuses ::1"] = True

    clients = []
    Handler = handler(lambda self: clients.append(self.client_address))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "server")
        with socketserver.UnixStreamServer(path, Handler) as server:
            client = socket.socket(socket.AF_UNIX)
            client.bind(os.path.join(folder, "client"))
            client.connect(path)
            server.handle_request()
        os.unlink(path)
        with socketserver.UnixDatagramServer(path, Handler) as server:
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"", path)
            server.handle_request()
    facts["clients of Unix sockets"] = [clients[0] and os.path.basename(clients[0]), clients[1]]


def restart():
    with socketserver.TCPServer(LOCAL, socketserver.BaseRequestHandler) as server:
        client = socket.create_connection(server.server_address)
        server.handle_request()
        client.recv(1)
        client.close()
    try:
        socketserver.TCPServer(server.server_address, socketserver.BaseRequestHandler)
    except OSError as error:
        facts["a restart"] = errno.errorcode[error.errno]


def function_as_handler():
    with socketserver.TCPServer(LOCAL, lambda request, *_: request.sendall(b"served")) as server:
        client = socket.create_connection(server.server_address)
        server.handle_request()
        facts["a function serves as a handler"] = client.recv(20) == b"served"


for examine in (
    constructor,
    backlog,
    deadlock,
    fork,
    datagrams,
    unix_file,
    failing_report,
    mixed_reads,
    failing_verification,
    interrupt,
    loops,
    timed_out_read,
    children,
    addresses,
    restart,
    function_as_handler,
):
    examine()
print(json.dumps(facts))
# Threads that are deadlocked must not hold the program.
sys.stdout.flush()
os._exit(0)
