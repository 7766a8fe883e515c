from __future__ import annotations

import gzip
import math
import struct
import time

import pytest

import purenn as pn
from purenn.errors import BackendError, FormatError, OptionError

KINDS = {
    0x08: ("B", [0, 1, 127, 255], "uint8"),
    0x09: ("b", [-128, -1, 0, 127], "int8"),
    0x0B: ("h", [-32768, -1, 258, 32767], "int16"),
    0x0C: ("i", [-(2**31), -1, 16909060, 2**31 - 1], "int32"),
    0x0D: ("f", [-1.5, 0.0, 0.1, math.inf], "float32"),
    0x0E: ("d", [-1.5, 0.0, 0.1, 1e300], "float64"),
}


def idx(code, sizes, body):
    return bytes([0, 0, code, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + body


LABELS = idx(0x08, [3], bytes([7, 2, 1]))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("code", KINDS, ids=hex)
def test_load_idx_reads_every_kind(code, pack, pair_of, tmp_path):
    letter, numbers, dtype = KINDS[code]
    body = struct.pack(f">4{letter}", *numbers)
    numbers = list(struct.unpack(f">4{letter}", body))  # 0.1 as float32 has it
    path = tmp_path / "no name that tells"
    for sizes, wanted in (
        ([4], numbers),
        ([2, 2], [numbers[:2], numbers[2:]]),
        ([2, 1, 2], [[numbers[:2]], [numbers[2:]]]),
    ):
        path.write_bytes(pack(idx(code, sizes, body)))
        found = pn.load_idx(path, xp=pair_of.name)
        if pair_of.name == "lists":
            assert found == wanted
            assert {type(n) for n in pn.backends.lists.flat(found)} == {type(numbers[0])}
        else:
            assert found.dtype == dtype
            assert found.dtype.isnative
            assert found.flags.writeable
            assert found.tolist() == wanted
    assert pn.load_idx(str(path)) == wanted


def test_load_idx_brings_arrays_to_other_backends(tmp_path):
    strict = pytest.importorskip("array_api_strict", exc_type=ImportError)
    path = tmp_path / "shorts"
    path.write_bytes(idx(0x0B, [2, 1], struct.pack(">2h", -1, 258)))
    found = pn.load_idx(path, xp=strict)
    assert (found.dtype, found.shape) == (strict.int16, (2, 1))
    assert pn.convert(found, "lists") == [[-1], [258]]


def test_load_idx_feeds_a_network(pair_of, tmp_path):
    path = tmp_path / "images"
    path.write_bytes(idx(0x08, [3, 2], bytes([0, 255, 10, 20, 255, 0])))
    labels = tmp_path / "labels"
    labels.write_bytes(idx(0x08, [3], bytes([0, 1, 1])))
    x, y = pn.load_idx(path, xp=pair_of.name), pn.load_idx(labels, xp=pair_of.name)
    scaled = pn.apply_scaling(pn.fit_min_max(x), x)
    training = pn.train(
        pn.affine(2, 2), pn.softmax_cross_entropy, pn.sgd(0.1), scaled, y, batch_size=2, epochs=1, key=0
    )
    assert [state.step for state in training] == [1, 2]


BROKEN = {
    "empty": (b"", r"broken is no IDX file: it is empty, wanted 00 00"),
    "short": (b"\0\0\x08", "no IDX file: it starts with the bytes 00 00 08, wanted 00 00, a type code and"),
    "an image": (b"\x89PNG....", "no IDX file: it starts with the bytes 89 50 4e 47"),
    "type": (idx(0x07, [1], b"1"), "type code 0x07 is none of 0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E"),
    "rank 0": (idx(0x08, [], b"1"), "rank 0, wanted 1 to 64"),
    "rank 65": (idx(0x08, [1] * 65, b"1"), "rank 65, wanted 1 to 64"),
    "header": (idx(0x08, [2, 2], b"")[:-1], "ends in its header: 7 bytes of sizes, wanted 8 for rank 2"),
    "zero": (idx(0x08, [3, 0], b""), r"sizes \(3, 0\) hold no number"),
    "cut off": (LABELS[:-1], r"promises 11 bytes, for sizes \(3,\) of 1 bytes a number, and .* 10"),
    "too long": (LABELS + b"\0", "promises 11 bytes, .* 12: it is cut off or damaged, get it again"),
    "wide": (idx(0x0C, [3], b"\0" * 3), "promises 20 bytes, .* 11"),
    "vast": (idx(0x0E, [2**32 - 1] * 9, b"\0" * 8), r"promises \d{88} bytes"),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", BROKEN)
def test_load_idx_refuses_broken_files(name, pack, pair_of, tmp_path):
    body, match = BROKEN[name]
    path = tmp_path / "broken"
    path.write_bytes(pack(body))
    with pytest.raises(FormatError, match=match) as caught:
        pn.load_idx(path, xp=pair_of.name)
    assert str(caught.value).startswith(f"load_idx: {path}")


def flipped(packed, at):
    return packed[:at] + bytes([packed[at] ^ 0xFF]) + packed[at + 1 :]


PACKED = gzip.compress(LABELS)
ROW = gzip.compress(idx(0x08, [1000], bytes(range(250)) * 4))


@pytest.mark.parametrize(
    ("packed", "match"),
    [
        (PACKED[:2], "the gzip file is damaged"),
        (PACKED[:15], "damaged"),
        (ROW[:-100], "damaged, get it again|damaged: .* ended before"),
        (flipped(ROW, -8), "the gzip file is damaged: CRC check failed"),
        (flipped(ROW, 100), "the gzip file is damaged"),
        (flipped(PACKED, -1), "damaged"),
        (gzip.compress(LABELS[:-1])[:-4] + (11).to_bytes(4, "little"), "the gzip file is damaged: Incorrect"),
        (
            gzip.compress(LABELS + b"\0")[:-4] + (11).to_bytes(4, "little"),
            "promises 11 bytes, .* there are more",
        ),
    ],
)
def test_load_idx_refuses_broken_gzip(packed, match, tmp_path):
    path = tmp_path / "broken"
    path.write_bytes(packed)
    with pytest.raises(FormatError, match=match):
        pn.load_idx(path)


def test_load_idx_refuses_a_promise_that_gzip_cannot_keep(tmp_path):
    """A trailer knows sizes modulo 2**32 only, so it may agree with a header that promises 4 GB more."""
    path = tmp_path / "bomb"
    sizes = [2**16, 2**16]  # promises 12 + 2**32 bytes, and the trailer says 12
    path.write_bytes(gzip.compress(idx(0x08, sizes, b"")))
    with pytest.raises(FormatError, match=r"promises 4294967308 bytes, for sizes \(65536, 65536\) .* to 12"):
        pn.load_idx(path)


def test_load_idx_refuses_other_backends_and_paths(tmp_path):
    with pytest.raises(OptionError, match="xp='nunpy' is no backend"):
        pn.load_idx(tmp_path / "none", xp="nunpy")
    with pytest.raises(BackendError, match="is no backend"):
        pn.load_idx(tmp_path / "none", xp=3)
    with pytest.raises(FileNotFoundError):
        pn.load_idx(tmp_path / "none")


def test_load_idx_reads_mnist_in_no_time(tmp_path):
    pytest.importorskip("numpy")
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(idx(0x08, [6000, 28, 28], bytes(range(256)) * (6000 * 784 // 256)))
    start = time.perf_counter()
    assert pn.load_idx(path, xp="numpy").shape == (6000, 28, 28)
    assert time.perf_counter() - start < 0.5  # it takes 0.005; number by number it would take longer
