import socket
import sys

HOST, PORT = "localhost", 9999
data = " ".join(sys.argv[1:])

# SOCK_DGRAM is the socket type of UDP
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

# no connect(): each datagram is sent to an address
sock.sendto((data + "\n").encode(), (HOST, PORT))
received = sock.recv(1024)

print("Sent: %s" % data)
print("Received: %s" % received.decode())
