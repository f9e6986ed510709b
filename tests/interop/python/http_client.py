"""Several requests of Python's http.client over one connection: http_client.py PORT"""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
connection.connect()
sock = connection.sock
every_byte = bytes(range(256))

connection.request("POST", "/bytes", every_byte)
response = connection.getresponse()
print(response.status, response.read())

connection.request("GET", "/bytes")
response = connection.getresponse()
print(response.status, response.read() == every_byte)

connection.request("GET", "/nothing")
response = connection.getresponse()
print(response.status, response.read())

print("connections", 1 if connection.sock is sock else 2)
connection.close()
