"""Sentence vectors of the teacher, all-MiniLM-L6-v2 as int8 ONNX."""

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

CHUNK = 8192
BATCH = 64


class Teacher:
    """Mean of the last layer over all tokens, L2-normalized: 384 dims, 128 tokens at most."""

    def __init__(self, folder: Path, threads: int):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(128)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        content = (folder / "onnx" / "model_quantized.onnx").read_bytes()
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Texts of equal length share a batch: int8 activations are scaled per batch, and padding would shift them."""
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(texts)), key=lambda at: (len(tokens[at]), at))
        found = np.empty((len(texts), 384), np.float32)
        start = 0
        while start < len(order):
            size = len(tokens[order[start]])
            batch = [at for at in order[start : start + BATCH] if len(tokens[at]) == size]
            found[batch] = self._batch(np.array([tokens[at] for at in batch], np.int64))
            start += len(batch)
        return found

    def _batch(self, ids: np.ndarray) -> np.ndarray:
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = self.session.run(None, inputs)[0].mean(axis=1)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def cached_vectors(teacher: Teacher, texts: list[str], cache: Path) -> np.ndarray:
    """In chunks that are kept by what they were made of, so that a stopped run goes on where it was."""
    cache.mkdir(parents=True, exist_ok=True)
    chunks = []
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        path = cache / f"{hashlib.sha256(chr(10).join([teacher.sha256, *chunk]).encode()).hexdigest()}.npy"
        if not path.exists():
            np.save(path, teacher.vectors(chunk).astype(np.float16))
            print(f"teacher: {start + len(chunk)} of {len(texts)} texts", flush=True)
        chunks.append(np.load(path))
    return np.concatenate(chunks).astype(np.float32)
