# SPDX-License-Identifier: Apache-2.0
"""A TCP relay that counts and delays: `python3 bench/relay.py PORT_OF_THE_SERVER [ROUND_TRIP_IN_MS]`.

A round trip is a connect, or a turn: the client has said something and the server answers. It prints the port where it
listens, and at the end of every connection how many turns that had.
"""

import asyncio
import sys


class Relay:
    def __init__(self, server_port, round_trip=0.0):
        self.server_port = server_port
        self.one_way = round_trip / 2
        self.connects = 0
        self.turns = 0

    async def start(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def serve(self, client_reader, client_writer):
        await asyncio.sleep(2 * self.one_way)  # a connect is a round trip of its own
        self.connects += 1
        before = self.turns
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        asked = [False]
        await asyncio.gather(
            self.pass_on(client_reader, server_writer, lambda: self.note_question(asked)),
            self.pass_on(server_reader, client_writer, lambda: self.note_answer(asked)),
            return_exceptions=True,
        )
        print(self.turns - before, flush=True)

    def note_question(self, asked):
        asked[0] = True

    def note_answer(self, asked):
        if asked[0]:
            self.turns += 1
        asked[0] = False

    async def pass_on(self, reader, writer, note):
        """Each piece arrives one way later, in order, and a piece does not hold up the one after it."""
        loop = asyncio.get_running_loop()
        pieces = asyncio.Queue()

        async def deliver():
            while (piece := await pieces.get()) is not None:
                due, data = piece
                await asyncio.sleep(max(0, due - loop.time()))
                writer.write(data)
            writer.close()

        delivery = asyncio.create_task(deliver())
        try:
            while data := await reader.read(65536):
                note()
                pieces.put_nowait((loop.time() + self.one_way, data))
        except ConnectionError:
            pass
        pieces.put_nowait(None)
        await delivery


async def main():
    relay = Relay(int(sys.argv[1]), float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0)
    server = await relay.start()
    print(relay.port, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
