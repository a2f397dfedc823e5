"""Fits the built-in text model's static table and writes it with its provenance. See libs/embedder/models/README.md.

Usage: python fit_static_table.py --data <data folder> --teacher <folder of all-MiniLM-L6-v2> --cache <folder>
"""

import os

# Before numpy is loaded: sums over several threads would differ from run to run.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import hashlib
import json
import random
from dataclasses import asdict
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from corpora import Corpus, all_corpora, lines_of
from fit import Settings, fit_rows
from scores import scifact_ndcg, sentence_pairs, stsb_spearman
from table_file import read_rows, write_table
from teacher import Teacher, cached_vectors
from tokenizers import Tokenizer

COMMAND = (
    "python libs/embedder/tools/static-table/fit_static_table.py"
    " --data <data> --teacher <all-MiniLM-L6-v2> --cache <folder>"
)
NAME = "static-256-int8"
# A seeded sample of the corpora: the teacher takes a few hundred texts a second.
MOST_TEXTS = 147_456
# The table of version 1, measured by scores.py.
FORMER = {
    "file": "wordnet-only-256-int8.bin",
    "sha256": "32ed83dadf74fbd64fbe2bc7035df410dc9f7ac4f4ef23afddd79cca3340b3d4",
    "scores": {"stsb dev, Spearman": 0.8152, "scifact train, nDCG@10": 0.4567},
}
MODELS = Path(__file__).resolve().parents[2] / "models"


class Bags:
    """Texts as counts of their WordPiece tokens, without [CLS] and [SEP]."""

    def __init__(self, teacher: Path):
        self.tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.vocabulary = lines_of(teacher / "vocab.txt")

    def __call__(self, texts: list[str]) -> sparse.csr_matrix:
        tokens = [each.ids for each in self.tokenizer.encode_batch(texts, add_special_tokens=False)]
        starts = np.concatenate([[0], np.cumsum([len(each) for each in tokens])])
        flat = np.concatenate([np.array(each, np.int32) for each in tokens])
        shape = (len(texts), len(self.vocabulary))
        bags = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, starts), shape=shape)
        bags.sum_duplicates()
        return bags


def chosen_texts(corpora: list[Corpus], data: Path, seed: int) -> list[str]:
    """Shuffled, without doubles and without the sentences that the result is judged by."""
    left, right, _ = sentence_pairs(data)
    texts = sorted({text for corpus in corpora for text in corpus.texts} - set(left) - set(right))
    random.Random(seed).shuffle(texts)
    return texts[:MOST_TEXTS]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources(corpora: list[Corpus], texts: list[str]) -> list[dict]:
    used = set(texts)
    return [
        {
            "name": each.name,
            "license": each.license,
            "files": len(each.files),
            "sha256": each.sha256(),
            "texts": len(used.intersection(each.texts)),
        }
        for each in corpora
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("data", "teacher", "cache"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    settings = Settings()
    corpora = all_corpora(given.data, given.teacher, settings.seed)
    texts = chosen_texts(corpora, given.data, settings.seed)
    bags = Bags(given.teacher)
    teacher = Teacher(given.teacher, given.threads)
    vectors = cached_vectors(teacher, texts, given.cache)
    table = MODELS / f"{NAME}.bin"
    write_table(table, fit_rows(bags(texts), vectors, settings), bags.vocabulary)

    rows = read_rows(table)
    scores = {
        "stsb dev, Spearman": round(stsb_spearman(given.data, bags, rows), 4),
        "scifact train, nDCG@10": round(scifact_ndcg(given.data, bags, rows), 4),
    }
    provenance = {
        "file": table.name,
        "sha256": sha256(table),
        "command": COMMAND,
        "teacher": {"name": "all-MiniLM-L6-v2, int8 ONNX", "license": "Apache-2.0", "sha256": teacher.sha256},
        "corpora": sources(corpora, texts),
        "settings": asdict(settings) | {"texts": len(texts)},
        "scores": scores,
        "former": FORMER,
    }
    (MODELS / f"{NAME}.json").write_text(json.dumps(provenance, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(scores, indent=2))


if __name__ == "__main__":
    main()
