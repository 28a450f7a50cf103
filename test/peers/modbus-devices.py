"""Two charging stations and a meter on pymodbus, each on a free port of 127.0.0.1.

Prints `ready {"<device>": <port>}` once all listen, then `<device> <address> <value>` for every register written.
The registers are raw words, worked out by hand from the devices' documents.
"""

import asyncio
import json

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server.async_io import ModbusTcpServer

# Unsigned 32-bit, high word first; mA, mW and 0.1 Wh.
KEBA = {
    1000: [0x0000, 0x0003],  # charging
    1004: [0x0000, 0x0007],  # plugged and locked at both ends
    1008: [0x0000, 0x3E80],  # 16.000 A
    1010: [0x0000, 0x3E4E],  # 15.950 A
    1012: [0x0000, 0x3EB2],  # 16.050 A
    1020: [0x00A8, 0x7500],  # 11 040.000 W
    1036: [0x0012, 0xD687],  # 123 456.7 Wh
    1100: [0x0000, 0x3E80],  # 16.000 A
    1600: [0x0000, 0x0000],  # no failsafe current
    1602: [0x0000, 0x0000],  # failsafe off
    5004: [0],
    5014: [1],
    5016: [0],
    5018: [0],
}

# Where a KEBA shows what was written to it: the low word of the pair.
KEBA_SHOWS = {5004: 1101, 5016: 1601, 5018: 1603}

# 32-bit floats and a 64-bit counter, low word first; A, kW, Wh.
SCHNEIDER = {
    1: [8],  # charging
    2999: [0x0000, 0x4144],  # 12.25 A
    3001: [0x0000, 0x4148],  # 12.5 A
    3003: [0x0000, 0x4140],  # 12 A
    3059: [0x0000, 0x4108],  # 8.5 kW
    3203: [0xE240, 0x0001, 0x0000, 0x0000],  # 123 456 Wh
    4000: [0],
    4004: [13],
}

# 32-bit floats, high word first; V, A without a sign, W.
JANITZA = {
    1317: [0x4366, 0x8000, 0x4367, 0x0000, 0x4365, 0x0000],  # 230.5, 231, 229 V
    1323: [0, 0],
    1325: [0x41AC, 0x0000, 0x41A2, 0x0000, 0x4120, 0x0000],  # 21.5, 20.25, 10 A
    1331: [0, 0],
    1333: [0x459A, 0x8000, 0x4591, 0x0000, 0xC50F, 0x2000],  # 4944, 4640, -2290 W
    1369: [0x45E3, 0xF000],  # 7294 W
}


class Registers(ModbusSparseDataBlock):
    """Only the registers given exist; one request takes at most `most` of them."""

    def __init__(self, device, rows, most=125, shows=None):
        words = {first + index: word for first, row in rows.items() for index, word in enumerate(row)}
        super().__init__(words)
        self.device = device
        self.most = most
        self.shows = shows or {}

    def validate(self, address, count=1):
        return count <= self.most and super().validate(address, count)

    def setValues(self, address, values, use_as_default=False):
        super().setValues(address, values, use_as_default)
        for written, value in enumerate(values, address):
            if written in self.shows:
                self.values[self.shows[written]] = value
            print(self.device, written, self.values[written], flush=True)


def serve(unit_id, registers):
    slave = ModbusSlaveContext(hr=registers, zero_mode=True)
    context = ModbusServerContext(slaves={unit_id: slave}, single=False)
    return ModbusTcpServer(context, address=("127.0.0.1", 0))


async def main():
    servers = {
        "keba": serve(255, Registers("keba", KEBA, most=2, shows=KEBA_SHOWS)),
        "schneider": serve(255, Registers("schneider", SCHNEIDER)),
        "janitza": serve(1, Registers("janitza", JANITZA)),
    }
    running = [asyncio.ensure_future(server.serve_forever()) for server in servers.values()]
    await asyncio.gather(*(server.serving for server in servers.values()))
    ports = {name: server.server.sockets[0].getsockname()[1] for name, server in servers.items()}
    print("ready", json.dumps(ports), flush=True)
    await asyncio.gather(*running)


asyncio.run(main())
