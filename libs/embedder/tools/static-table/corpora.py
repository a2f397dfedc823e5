"""The texts the static table is fitted on. Every source has a clear license; evaluation data stays out."""

import hashlib
import json
import random
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

SENTENCE_END = re.compile(r'(?<=[.!?])["”’)]*\s+(?=["“‘(]*[A-Z])')
GUTENBERG_TEXT = re.compile(r"\*\*\* ?START OF.*?\*\*\*(.*)\*\*\* ?END OF", re.DOTALL)
FENCED_CODE = re.compile(r"```.*?```", re.DOTALL)
MARKUP = re.compile(r"\{/\*.*?\*/\}|<[^>\n]+>|!\[[^\]]*\]\([^)]*\)", re.DOTALL)
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


@dataclass(frozen=True)
class Corpus:
    name: str
    license: str
    files: list[Path]
    texts: list[str]

    def sha256(self) -> str:
        """Of the files' bytes, one after another in the order of their names."""
        digest = hashlib.sha256()
        for path in self.files:
            digest.update(path.read_bytes())
        return digest.hexdigest()


def lines_of(path: Path) -> list[str]:
    # Not splitlines(), which also splits at separators inside a JSON string.
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line]


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def words_between(text: str, fewest: int, most: int) -> bool:
    return fewest <= len(text.split()) <= most


def sentences(text: str) -> list[str]:
    return [sentence for sentence in SENTENCE_END.split(plain(text)) if words_between(sentence, 4, 40)]


def passages(paragraphs: list[str], fewest: int, most: int) -> list[str]:
    """Whole paragraphs: the table is used on abstracts too, not on sentences alone."""
    return [text for text in map(plain, paragraphs) if words_between(text, fewest, most)]


def sample(texts: list[str], most: int, seed: int) -> list[str]:
    unique = sorted(set(texts))
    return random.Random(seed).sample(unique, min(most, len(unique)))


def wordnet(data: Path) -> Corpus:
    path = data / "wordnet-sentences" / "sentences.txt"
    texts = sorted({plain(line) for line in lines_of(path)} - {""})
    return Corpus("Open English WordNet, definitions and examples", "CC BY 4.0", [path], texts)


def novels(data: Path, seed: int) -> Corpus:
    files = sorted((data / "gutenberg-25").glob("*.txt"))
    paragraphs: list[str] = []
    for path in files:
        text = path.read_text(encoding="utf-8-sig", errors="strict").replace("\r\n", "\n")
        body = GUTENBERG_TEXT.search(text)
        paragraphs += re.split(r"\n\s*\n", body.group(1) if body else text)
    single = [sentence for paragraph in paragraphs for sentence in sentences(paragraph)]
    texts = sample(single, 70_000, seed) + sample(passages(paragraphs, 45, 110), 5_000, seed)
    return Corpus("24 novels of Project Gutenberg", "public domain in the US", files, texts)


def react_docs(data: Path, seed: int) -> Corpus:
    path = data / "react-docs-en-ko" / "en.jsonl"
    paragraphs: list[str] = []
    for line in lines_of(path):
        prose = LINK.sub(r"\1", MARKUP.sub(" ", FENCED_CODE.sub("\n\n", json.loads(line)["text"])))
        paragraphs += re.split(r"\n\s*\n|\n\s*[-*#]+ ", prose)
    single = [sentence for paragraph in paragraphs for sentence in sentences(paragraph)]
    texts = sample(single, 30_000, seed) + sample(passages(paragraphs, 45, 110), 2_000, seed)
    return Corpus("React documentation, English", "CC BY 4.0", [path], texts)


def vocabulary(path: Path) -> Corpus:
    """Each whole word of the vocabulary as a text of its own, so that no row is left without an example."""
    words = [token for token in lines_of(path) if token.isalpha() and token.isascii() and len(token) > 1]
    return Corpus("BERT-uncased vocabulary, single words", "Apache-2.0", [path], words)


def all_corpora(data: Path, teacher: Path, seed: int) -> list[Corpus]:
    return [wordnet(data), novels(data, seed), react_docs(data, seed), vocabulary(teacher / "vocab.txt")]
