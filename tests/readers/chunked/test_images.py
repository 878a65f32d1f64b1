"""HDF5, Zarr, dask and xarray: read where they are looked at, against their packages."""

import json

import numpy as np
import pytest

from imviz.errors import ImvizError, InputError, MissingExtraError, ReadError
from imviz.readers import load
from imviz.readers.chunked import images as chunked
from imviz.readers.pixels.tiled import TiledArray

VALUES = np.arange(300 * 400, dtype="f4").reshape(300, 400)


@pytest.fixture
def h5(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "night.h5", "w") as file:
        file["table"] = np.arange(5)
        file["night/large"] = np.zeros((500, 500), "i2")
        file.create_dataset("night/data", data=VALUES, chunks=(50, 70), compression="gzip", shuffle=True)
        file["night/data"].attrs["units"] = "Jy"
        file["night/cube"] = np.stack([VALUES, 2 * VALUES])
        file["night/complex"] = np.zeros((3, 4), complex)
        file["night/loop"] = h5py.SoftLink("/night")
        file["night/away"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/secret")
        layout = h5py.VirtualLayout((3, 4), "f4")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "secret", (3, 4))
        file.create_virtual_dataset("night/virtual", layout)
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["secret"] = np.full((3, 4), 42, "f4")
    return tmp_path / "night.h5"


def test_the_usual_dataset_is_taken_and_read_by_chunk(h5):
    (loaded,) = load(h5)
    assert loaded.label == "night[night/data]"
    assert str(loaded.image.unit) == "Jy"
    assert isinstance(loaded.image.data, TiledArray)
    np.testing.assert_array_equal(loaded.image.data[100:230:7, 50:399], VALUES[100:230:7, 50:399])
    np.testing.assert_array_equal(loaded.image.data, VALUES)


@pytest.mark.parametrize("ask", ["[night/large]", "[/night/large]", "[large]", "[NIGHT/LARGE]"])
def test_others_open_by_name(h5, ask):
    assert load(f"{h5}{ask}")[0].image.data.shape == (500, 500)


def test_a_cube_has_planes(h5):
    (loaded,) = load(h5, ext="cube")
    assert loaded.planes == (2,)
    np.testing.assert_array_equal(loaded.again((1,)).image.data, 2 * VALUES)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ("[nope]", r"has no array \[NOPE\]; it has"),
        ("[complex]", "complex numbers"),
        ("[virtual]", "keeps its values in another file, which is not followed"),
        ("[secret]", "has no array"),
    ],
)
def test_what_cannot_be_shown_is_said(h5, ask, words):
    with pytest.raises(ImvizError, match=words) as caught:
        load(f"{h5}{ask}")
    assert len(str(caught.value)) <= 240


@pytest.mark.parametrize("where", [3, 40, 200, 700, 1500])
def test_a_damaged_hdf5_file_is_refused(h5, where):
    content = bytearray(h5.read_bytes())
    content[where : where + 40] = b"\xff" * 40
    h5.write_bytes(bytes(content[: max(where + 40, 900)]))
    with pytest.raises(ImvizError, match=r"night\.h5"):
        load(h5)


@pytest.fixture(params=[2, 3])
def store(request, tmp_path):
    zarr = pytest.importorskip("zarr")
    group = zarr.open_group(tmp_path / "s.zarr", mode="w", zarr_format=request.param)
    array = group.create_array("deep/data", shape=VALUES.shape, chunks=(64, 100), dtype="f4")
    array[:] = VALUES
    array.attrs["units"] = "ct"
    return tmp_path / "s.zarr"


def test_a_zarr_store_opens(store):
    (loaded,) = load(store)
    assert loaded.label == "s"
    assert str(loaded.image.unit) == "ct"
    np.testing.assert_array_equal(loaded.image.data, VALUES)
    np.testing.assert_array_equal(
        load(f"{store}[deep/data]")[0].image.data[5:9, 7:300:11], VALUES[5:9, 7:300:11]
    )


def metadata(store):
    return next(
        path for mark in (".zarray", "zarr.json") for path in store.rglob(mark) if "data" in str(path)
    )


@pytest.mark.parametrize("codec", ["pickle", "vlen-utf8", "numcodecs.pickle", "", "my_own"])
def test_a_codec_that_may_run_code_is_refused_by_name(store, codec):
    path = metadata(store)
    content = json.loads(path.read_text())
    if path.name == ".zarray":
        content["filters"] = [{"id": codec}]
    else:
        content["codecs"].insert(0, {"name": codec, "configuration": {}})
    path.write_text(json.dumps(content))
    with pytest.raises(ReadError, match="not known to be harmless"):
        load(store)


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, '{"zarr_format": 2, "shape": [1e9, 1e9]}'])
def test_broken_metadata_is_refused(store, text):
    metadata(store).write_text(text)
    with pytest.raises(ImvizError) as caught:
        load(store)
    assert len(str(caught.value)) <= 240


def test_a_store_that_promises_more_than_it_has_is_refused(store):
    path = metadata(store)
    content = json.loads(path.read_text())
    content["shape"] = [10**6, 10**6]
    path.write_text(json.dumps(content))
    with pytest.raises(ReadError, match="unpacks from"):
        load(store)


@pytest.mark.parametrize(("name", "extra", "what"), [("h5py", "hdf5", "h5"), ("zarr", "zarr", "store")])
def test_a_missing_package_is_named_with_its_extra(request, monkeypatch, name, extra, what):
    source = request.getfixturevalue("h5" if what == "h5" else "zarr3")
    real = chunked.find_spec
    monkeypatch.setattr(chunked, "find_spec", lambda package: None if package == name else real(package))
    with pytest.raises(MissingExtraError, match=rf"pip install imviz\[{extra}\]"):
        load(source)


@pytest.fixture
def zarr3(tmp_path):
    (tmp_path / "z.zarr").mkdir()
    (tmp_path / "z.zarr" / "zarr.json").write_text('{"zarr_format": 3, "node_type": "group"}')
    return tmp_path / "z.zarr"


def test_a_store_without_images_is_refused(zarr3):
    pytest.importorskip("zarr")
    with pytest.raises(ReadError, match="holds no 2-D image"):
        load(zarr3)


@pytest.mark.parametrize("kind", ["dask", "xarray", "h5py", "zarr"])
def test_lazy_arrays_of_other_packages_compute_only_what_is_looked_at(kind, h5, store):
    package = pytest.importorskip("dask.array" if kind in {"dask", "xarray"} else kind)
    seen = []

    def block(part):
        seen.append(part.shape)
        return part + 0

    if kind in {"dask", "xarray"}:
        source = package.from_array(VALUES, chunks=(100, 100)).map_blocks(block, dtype="f4", meta=VALUES[:0])
        if kind == "xarray":
            source = pytest.importorskip("xarray").DataArray(source, name="flux", attrs={"units": "mJy"})
    elif kind == "h5py":
        source = package.File(h5)["night/data"]
    else:
        source = package.open(store, mode="r")["deep/data"]
    (loaded,) = load(source)
    assert seen == []
    np.testing.assert_array_equal(loaded.image.data[110:120, 210:215], VALUES[110:120, 210:215])
    assert len(seen) <= (4 if kind in {"dask", "xarray"} else 0)
    np.testing.assert_array_equal(loaded.image.data, VALUES)
    if kind == "xarray":
        assert (loaded.label, str(loaded.image.unit)) == ("flux", "mJy")
    if kind == "h5py":
        source.file.close()


def test_a_dask_array_larger_than_memory_opens():
    dask = pytest.importorskip("dask.array")
    source = dask.ones((200_000, 200_000), chunks=2000, dtype="f4")
    image = load(source)[0].image
    assert image.data[199_999, 5] == 1
    with pytest.raises(InputError, match="is empty"):
        load(dask.ones((0, 5)))


DIAL = {"GAIN": 120, "SWCREATE": "SharpCap 4.1", "RDNOISE": "low", "ROWORDER": "TOP-DOWN"}
TOLD = ("GAIN = 120 is a setting of the camera", "RDNOISE = low is not a number", "ROWORDER = 'TOP-DOWN'")


@pytest.mark.parametrize("where", ["", "night", "night/data"])
@pytest.mark.parametrize("kind", ["h5", "zarr"])
def test_attributes_are_a_header_and_their_doubts_are_told(tmp_path, kind, where):
    package = pytest.importorskip("h5py" if kind == "h5" else "zarr")
    path = tmp_path / f"a.{kind}"
    if kind == "h5":
        with package.File(path, "w") as file:
            file["night/data"] = VALUES
            file[where or "/"].attrs.update({**DIAL, "table": np.arange(5), "nothing": package.Empty("f4")})
    else:
        group = package.open_group(path, mode="w")
        group.create_array("night/data", shape=VALUES.shape, chunks=(64, 100), dtype="f4")[:] = VALUES
        (group[where] if where else group).attrs.update({**DIAL, "table": [1, 2, 3]})
    image = load(path)[0].image
    notes = " ".join(image.meta["imviz_notes"])
    assert all(told in notes for told in TOLD)
    assert {key: image.meta[key] for key in DIAL} == DIAL
    assert "table" not in image.meta


def test_attributes_of_the_dataset_win_and_do_not_reach_its_neighbours(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["night/data"], file["other/data2"] = VALUES, VALUES
        file.attrs["GAIN"], file["night"].attrs["GAIN"] = 1.0, 2.0
        file["night/data"].attrs["OBJECT"] = "M 31"
        file["night/data"].attrs["imviz_notes"] = "false"
    assert load(tmp_path / "b.h5", ext="data")[0].image.meta["GAIN"] == 2.0
    other = load(tmp_path / "b.h5", ext="data2")[0].image.meta
    assert (other["GAIN"], "OBJECT" in other) == (1.0, False)
    assert isinstance(load(tmp_path / "b.h5", ext="data")[0].image.meta["imviz_notes"], list)
