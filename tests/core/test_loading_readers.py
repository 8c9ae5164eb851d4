import gzip
import tracemalloc

import pytest

from core.errors import InputRefused
from core.loading import readers
from core.loading.readers import open_rows


def rows_of(path):
    with open_rows(path) as reader:
        return [
            (line, batch.row(position))
            for batch in reader.batches()
            for position, line in enumerate(batch.lines)
        ]


def refusals_of(path):
    with open_rows(path) as reader:
        return [refusal for batch in reader.batches() for refusal in batch.refused]


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_csv_row_knows_the_line_it_begins_at(tmp_path):
    path = written(tmp_path, "a.csv", 'id,note\n1,"two\nlines"\n\n2,one\n')
    assert rows_of(path) == [
        (2, {"id": "1", "note": "two\nlines"}),
        (5, {"id": "2", "note": "one"}),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found(tmp_path, mark):
    path = written(tmp_path, "a.csv", f"id{mark}note\n1{mark}x\n")
    assert rows_of(path) == [(2, {"id": "1", "note": "x"})]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    csv_file = written(tmp_path, "a.csv", b"\xef\xbb\xbfid\n1\n")
    jsonl = written(tmp_path, "a.jsonl", b'\xef\xbb\xbf{"id": 1}\n')
    assert rows_of(csv_file) == [(2, {"id": "1"})]
    assert rows_of(jsonl) == [(1, {"id": 1})]


def test_a_csv_row_of_another_width_is_refused_and_the_rest_read(tmp_path):
    path = written(tmp_path, "a.csv", "id,note\n1,x,extra\n2,y\n3\n")
    assert [line for line, _ in rows_of(path)] == [3]
    assert [(each.line, each.reason) for each in refusals_of(path)] == [
        (2, "has 3 cells; the header has 2"),
        (4, "has 1 cells; the header has 2"),
    ]


def test_a_quote_that_never_closes_is_told_with_the_lines_it_swallowed(tmp_path):
    path = written(tmp_path, "a.csv", 'id,note\n1,x\n2,"oh\n3,y\n')
    (refusal,) = refusals_of(path)
    assert refusal.line == 3
    assert "lines 3 to 4" in refusal.reason
    assert refusal.row == {"text": '2,"oh\n3,y\n'}


@pytest.mark.parametrize("name", ["a.csv.gz", "A.CSV.GZ"])
def test_a_packed_file_reads_like_the_file(tmp_path, name):
    path = written(tmp_path, name, gzip.compress(b"id\n1\n", mtime=0))
    assert rows_of(path) == [(2, {"id": "1"})]


def test_a_jsonl_line_that_is_no_object_is_refused_and_the_rest_read(tmp_path):
    path = written(
        tmp_path, "a.jsonl", b'{"id": 1}\n[2]\n\n{"id": \n{"id": NaN}\n{"id": "\xff"}\n{"id": 3}'
    )
    assert [line for line, _ in rows_of(path)] == [1, 7]
    assert [each.line for each in refusals_of(path)] == [2, 4, 5, 6]


def test_parquet_keeps_its_types(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"id": ["a", "b"], "n": [1, None], "f": [0.5, 2.0]}), path)
    assert rows_of(path) == [
        (1, {"id": "a", "n": 1, "f": 0.5}),
        (2, {"id": "b", "n": None, "f": 2.0}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", b"x", "does not end in one of"),
        ("a.parquet.gz", b"x", "does not end in one of"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n1,2\n", "must name the columns"),
        ("a.csv", b'"id\n1\n', "malformed header"),
        ("a.csv", b"id,id\n1,2\n", "two columns are called 'id'"),
        ("a.csv", "id\n1\n".encode("utf-16"), "not UTF-8"),
        ("a.jsonl", b"\n\n", "holds no row"),
        ("a.csv.gz", b"id\n1\n", "cannot be unpacked"),
        ("a.csv.gz", gzip.compress(b"id\n" + b"1\n" * 9000, mtime=0)[:-20], "cannot be unpacked"),
        ("a.parquet", b"not parquet at all", "is not a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why(tmp_path, name, content, message):
    with pytest.raises(InputRefused, match=message):
        rows_of(written(tmp_path, name, content))


def test_a_file_that_is_not_there_is_told_by_name(tmp_path):
    with pytest.raises(InputRefused, match=r"gone\.csv cannot be read: No such file"):
        rows_of(tmp_path / "gone.csv")
    with pytest.raises(InputRefused, match="cannot be read"):
        rows_of(tmp_path.joinpath("folder.csv").mkdir() or tmp_path / "folder.csv")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_line_without_an_end_stops_the_import(tmp_path, name, monkeypatch):
    monkeypatch.setattr(readers, "LONGEST_LINE", 1_000)
    path = written(tmp_path, name, "id\n" + "x" * 5_000)
    with pytest.raises(InputRefused, match="line 2 is longer than 1,000 characters"):
        rows_of(path)


def peak_memory(path):
    tracemalloc.start()
    with open_rows(path) as reader:
        read = sum(len(batch.lines) for batch in reader.batches())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return read, peak


@pytest.mark.parametrize(
    ("name", "header", "row"),
    [
        ("{}.csv", "id,note\n", "7," + "x" * 60 + "\n"),
        ("{}.jsonl", "", '{"id": 7, "note": "' + "x" * 60 + '"}\n'),
    ],
)
def test_memory_does_not_grow_with_the_file(tmp_path, name, header, row):
    small = written(tmp_path, name.format("small"), header + row * 20_000)
    large = written(tmp_path, name.format("large"), header + row * 80_000)
    (small_rows, small_peak), (large_rows, large_peak) = peak_memory(small), peak_memory(large)
    assert (small_rows, large_rows) == (20_000, 80_000)
    assert large_peak < 1.3 * small_peak
