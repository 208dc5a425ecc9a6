"""Sizes without decoding, and files that are not whole."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meviewer.data.image_decode import ImageError, decode_rgb
from meviewer.data.image_header import read_header, what_is_missing

_RNG = np.random.default_rng(0)
_COLOUR = cv2.GaussianBlur(_RNG.integers(0, 256, (37, 53, 3)).astype(np.uint8), (5, 5), 0)
_DEEP = _COLOUR.astype(np.uint16) * 257


def _encode(suffix, image=_COLOUR, *parameters):
    done, data = cv2.imencode(suffix, image, list(parameters))
    assert done
    return data.tobytes()


_FILES = {
    "JPEG": _encode(".jpg"),
    "JPEG grey": _encode(".jpg", _COLOUR[..., 0]),
    "JPEG progressive": _encode(".jpg", _COLOUR, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    "JPEG restarts": _encode(".jpg", _COLOUR, cv2.IMWRITE_JPEG_RST_INTERVAL, 2),
    "PNG": _encode(".png"),
    "PNG 16": _encode(".png", _DEEP),
    "PNG grey 16": _encode(".png", _DEEP[..., 0]),
    "PNG 1 bit": _encode(".png", _COLOUR[..., 0] // 128 * 255, cv2.IMWRITE_PNG_BILEVEL, 1),
    "BMP": _encode(".bmp"),
    "BMP grey": _encode(".bmp", _COLOUR[..., 0]),
    "TIFF": _encode(".tif"),
    "TIFF plain": _encode(".tif", _COLOUR, cv2.IMWRITE_TIFF_COMPRESSION, 1),
    "TIFF 16": _encode(".tif", _DEEP),
}


@pytest.mark.parametrize("name", _FILES)
def test_the_header_of_each_kind(name):
    header = read_header(_FILES[name])
    assert (header.kind, header.size) == (name.split()[0], (37, 53))
    assert header.bits == (16 if "16" in name else 8)
    assert what_is_missing(_FILES[name]) == ""


@pytest.mark.parametrize("name", _FILES)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
def test_a_file_cut_off_anywhere_is_refused(name, share):
    data = _FILES[name]
    cut = data[: int(len(data) * share)]
    assert what_is_missing(cut) or read_header(cut) is None
    with pytest.raises(ImageError):
        decode_rgb(cut)


def test_a_jpeg_that_opencv_would_show_half_grey_is_refused_before_it():
    data = _FILES["JPEG"]
    for n_bytes in range(len(data) // 2, len(data) - 1, 37):
        assert "cut off" in what_is_missing(data[:n_bytes])
    assert what_is_missing(data + b"padding of a camera") == ""


@pytest.mark.parametrize("name", _FILES)
def test_a_cut_file_is_refused_even_if_opencv_makes_a_picture_of_it(name, monkeypatch):
    # OpenCV 4 fills up what is missing with grey.
    monkeypatch.setattr(cv2, "imdecode", lambda *_args: _COLOUR)
    with pytest.raises(ImageError, match=r"cut off|stops"):
        decode_rgb(_FILES[name][:-60])


def test_the_end_marker_of_a_thumbnail_does_not_count():
    thumbnail = _FILES["JPEG"]
    inside = struct.pack(">HH", 0xFFE1, len(thumbnail) + 2) + thumbnail
    data = b"\xff\xd8" + inside + _FILES["JPEG progressive"][2:]
    assert what_is_missing(data) == ""
    assert "cut off" in what_is_missing(data[: len(data) - 200])
    assert read_header(data).size == (37, 53)


def test_one_wrong_bit_in_a_png_is_found():
    data = bytearray(_FILES["PNG"])
    data[len(data) // 2] ^= 1
    assert "checksum" in what_is_missing(bytes(data))


@pytest.mark.parametrize("order", [">", "<"])
def test_a_turned_jpeg_has_the_size_it_is_shown_in(order):
    mark = b"MM\0*" if order == ">" else b"II*\0"
    value = struct.pack(order + "HHIHH", 274, 3, 1, 6, 0)
    exif = b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 1) + value + bytes(4)
    data = b"\xff\xd8" + struct.pack(">HH", 0xFFE1, len(exif) + 2) + exif + _FILES["JPEG"][2:]
    assert read_header(data).size == (53, 37)
    assert decode_rgb(data).shape == (53, 37, 3)


@given(st.sampled_from(sorted(_FILES)), st.data())
def test_no_damage_makes_the_parsers_fail(name, data):
    damaged = bytearray(_FILES[name])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, min(len(damaged), 300) - 1))] = data.draw(
            st.integers(0, 255)
        )
    read_header(bytes(damaged))
    assert isinstance(what_is_missing(bytes(damaged)), str)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_failing(data):
    for start in (b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"MM\0*"):
        read_header(start + data)
        assert isinstance(what_is_missing(start + data), str)


# -- decoding


def test_colours_come_out_as_rgb():
    red = np.zeros((4, 5, 3), np.uint8)
    red[..., 2] = 255  # OpenCV writes BGR
    for suffix in (".png", ".bmp", ".tif"):
        np.testing.assert_array_equal(decode_rgb(_encode(suffix, red))[0, 0], (255, 0, 0))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_are_scaled_by_one_fixed_factor(suffix):
    values = np.array([[0, 128, 257, 32896, 65535]], np.uint16)
    frame = decode_rgb(_encode(suffix, values))
    np.testing.assert_array_equal(frame[..., 0], [[0, 0, 1, 128, 255]])
    np.testing.assert_array_equal(frame[..., 1], frame[..., 2])


def test_twelve_significant_bits_fill_the_range():
    values = np.array([[0, 2048, 4095, 65535]], np.uint16)
    assert decode_rgb(_encode(".png", values), bits=12)[0, :, 0].tolist() == [0, 128, 255, 255]


def test_grey_and_alpha():
    grey = _COLOUR[..., 0]
    np.testing.assert_array_equal(decode_rgb(_encode(".png", grey)), np.dstack([grey] * 3))
    with_alpha = np.dstack([_COLOUR, np.full(grey.shape, 9, np.uint8)])
    np.testing.assert_array_equal(decode_rgb(_encode(".png", with_alpha)), _COLOUR[..., ::-1])


def test_a_palette_and_one_bit_become_colours():
    frame = decode_rgb(_FILES["PNG 1 bit"])
    assert frame.shape == (37, 53, 3)
    assert set(np.unique(frame)) == {0, 255}


def test_floating_point_is_refused_in_words():
    with pytest.raises(ImageError, match="float32"):
        decode_rgb(_encode(".tif", _COLOUR.astype(np.float32)))


def test_a_jpeg_is_what_opencv_reads():
    expected = cv2.imdecode(np.frombuffer(_FILES["JPEG"], np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(decode_rgb(_FILES["JPEG"]), expected[..., ::-1])
