"""The table's file; its reader is src/built-in/static-table.ts."""

import json
import struct
from pathlib import Path

import numpy as np


def quantized(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 values and one float scale a row; the longest sum of rows keeps its direction."""
    scales = (np.abs(rows).max(1) / 127).astype(np.float32)
    values = np.round(rows / np.where(scales == 0, 1, scales)[:, None]).astype(np.int8)
    return values, scales


def write_table(path: Path, rows: np.ndarray, vocabulary: list[str]) -> None:
    values, scales = quantized(rows)
    sections = {"vocab": "\n".join(vocabulary).encode(), "scale": scales.tobytes(), "q": values.tobytes()}
    start, spans = 512, {}
    for name, content in sections.items():
        spans[name] = [start, start + len(content)]
        start += -(-len(content) // 4) * 4
    header = json.dumps({"dim": rows.shape[1], "unk": vocabulary.index("[UNK]"), "off": spans}).encode()
    content = bytearray(start)
    content[:8] = b"SEMB" + struct.pack("<I", len(header))
    content[8 : 8 + len(header)] = header
    for name, (begin, end) in spans.items():
        content[begin:end] = sections[name]
    path.write_bytes(content)


def read_rows(path: Path) -> np.ndarray:
    content = path.read_bytes()
    header = json.loads(content[8 : 8 + struct.unpack("<I", content[4:8])[0]])
    scale = np.frombuffer(content[slice(*header["off"]["scale"])], np.float32)
    values = np.frombuffer(content[slice(*header["off"]["q"])], np.int8).reshape(len(scale), header["dim"])
    return values * scale[:, None]
