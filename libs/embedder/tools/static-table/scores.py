"""Figures of a table alone on data that took no part in the fit."""

import json
from pathlib import Path

import numpy as np
from corpora import lines_of
from fit import unit
from scipy.stats import spearmanr


def sentence_pairs(data: Path) -> tuple[list[str], list[str], list[float]]:
    """STS Benchmark, dev split."""
    rows = [line.rstrip("\r").split("\t") for line in lines_of(data / "stsb" / "stsb-dev.csv")]
    return [row[5] for row in rows], [row[6] for row in rows], [float(row[4]) for row in rows]


def stsb_spearman(data: Path, bags, rows: np.ndarray) -> float:
    left, right, human = sentence_pairs(data)
    similarity = (unit(bags(left) @ rows) * unit(bags(right) @ rows)).sum(1)
    return float(spearmanr(similarity, human)[0])


def scifact_ndcg(data: Path, bags, rows: np.ndarray) -> float:
    """nDCG@10 of the train claims with judgements, over all abstracts, linear gain."""
    folder = data / "scifact"
    grades: dict[str, dict[str, int]] = {}
    for line in lines_of(folder / "qrels-train.tsv")[1:]:
        query, document, grade = line.split("\t")
        grades.setdefault(query, {})[document] = int(grade)
    documents = [json.loads(line) for line in lines_of(folder / "corpus.jsonl")]
    claims = [json.loads(line) for line in lines_of(folder / "queries-train.jsonl")]
    queries = [query for query in claims if query["_id"] in grades]
    vectors = unit(bags([f"{each['title']} {each['text']}" for each in documents]) @ rows)
    similarity = unit(bags([query["text"] for query in queries]) @ rows) @ vectors.T
    best = np.argsort(-similarity, axis=1, kind="stable")[:, :10]
    discounts = 1 / np.log2(np.arange(2, 12))
    total = 0.0
    for query, found in zip(queries, best):
        judged = grades[query["_id"]]
        gains = np.array([judged.get(documents[at]["_id"], 0) for at in found])
        ideal = np.array(sorted(judged.values(), reverse=True)[:10])
        total += (gains @ discounts) / (ideal @ discounts[: len(ideal)])
    return total / len(queries)
