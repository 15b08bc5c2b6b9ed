"""The clients that are written in Python, asked as src/peer.rs says: answer.py h11|http.client|urllib3|aiohttp"""

import asyncio
import sys
import time
from urllib.parse import urlsplit


class H11:
    """h11 knows no sockets: this is the least that it needs, and keeps a connection as long as h11 says so."""

    def __init__(self):
        self.connection = self.socket = None

    def ask(self, method, url):
        import h11
        import socket

        target = urlsplit(url)
        if self.connection and self.connection.our_state is h11.DONE and self.connection.their_state is h11.DONE:
            self.connection.start_next_cycle()
        else:
            self.socket = socket.create_connection((target.hostname, target.port), timeout=10)
            self.connection = h11.Connection(our_role=h11.CLIENT)
        request = h11.Request(method=method, target=target.path, headers=[("Host", target.netloc)])
        self.socket.sendall(self.connection.send(request) + self.connection.send(h11.EndOfMessage()))
        status, body = None, b""
        while True:
            event = self.connection.next_event()
            if event is h11.NEED_DATA:
                self.connection.receive_data(self.socket.recv(65536))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return status, body
            elif event is h11.PAUSED:
                # A 101 that nobody asked for: h11 leaves what follows to its user.
                return 101, bytes(self.connection.trailing_data[0])
            elif isinstance(event, h11.ConnectionClosed):
                raise EOFError("closed")


class HttpClient:
    def __init__(self):
        self.connection = None

    def ask(self, method, url):
        import http.client

        target = urlsplit(url)
        if not self.connection:
            self.connection = http.client.HTTPConnection(target.netloc, timeout=10)
        self.connection.request(method, target.path)
        response = self.connection.getresponse()
        return response.status, response.read()


class Urllib3:
    def __init__(self):
        import urllib3

        self.pool = urllib3.PoolManager(retries=False)

    def ask(self, method, url):
        response = self.pool.request(method, url, redirect=False, decode_content=False)
        return response.status, response.data


class Aiohttp:
    def __init__(self):
        import aiohttp

        self.loop = asyncio.new_event_loop()
        self.aiohttp = aiohttp
        self.session = None

    def ask(self, method, url):
        return self.loop.run_until_complete(self.asked(method, url))

    async def asked(self, method, url):
        if not self.session:
            self.session = self.aiohttp.ClientSession(auto_decompress=False)
        async with self.session.request(method, url, allow_redirects=False) as response:
            return response.status, await response.read()


CLIENTS = {"h11": H11, "http.client": HttpClient, "urllib3": Urllib3, "aiohttp": Aiohttp}


def answer(client, method, url):
    try:
        status, body = client.ask(method, url)
        return f"answered {status} {body.hex()}"
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        return "refused " + "".join(c if c.isprintable() else " " for c in text)[:200]


def main():
    name = sys.argv[1]
    try:
        __import__(name)
    except ImportError as error:
        print(f"unable {error}", flush=True)
        return
    print("ready", flush=True)
    for line in sys.stdin:
        method, *words = line.split()
        # A fresh one for each question, so that no connection of another one is left.
        client = CLIENTS[name]()
        answers = []
        for word in words:
            if word.isdigit():
                time.sleep(int(word) / 1000)
            else:
                answers.append(answer(client, method, word))
        print("\t".join(answers), flush=True)


main()
