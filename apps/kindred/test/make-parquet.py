"""Makes shop-*.parquet, the fixtures of open-source.int.spec.ts, with pyarrow 26: python3 make-parquet.py"""
from datetime import datetime, timezone
from pathlib import Path
import pyarrow as pa
import pyarrow.parquet as pq

table = pa.table({
    "item_id": pa.array(["S-1", "S-2", "S-3"]),
    "상품명": pa.array(["무선 마우스", "키보드 ⌨️", None]),
    "price": pa.array([18900.0, 39900.5, None]),
    "stock": pa.array([42, 2**60, None], pa.int64()),
    "released": pa.array([datetime(2025, 3, 2, tzinfo=timezone.utc)] * 3, pa.timestamp("us", tz="UTC")),
    "genres": pa.array([["마우스", "사무"], [], None], pa.list_(pa.string())),
    "wireless": pa.array([True, False, None]),
})
folder = Path(__file__).parent
for codec in ("snappy", "zstd", "gzip", "brotli"):
    pq.write_table(table, folder / f"shop-{codec}.parquet", compression=codec, row_group_size=2)
