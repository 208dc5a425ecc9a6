"""The two-branch network of GAMDSS, row by row of its table, and what its attention does."""

import math

import pytest
import torch

from meviewer.nn import registry
from meviewer.nn.blocks import DropPath, received
from meviewer.nn.networks.manhattan import ManhattanAttention, rotated


def count(part):
    return sum(p.numel() for p in part.parameters())


@pytest.fixture(scope="module")
def net():
    with torch.device("meta"):
        return registry.create("gamdss", 5)


ROWS = {
    "stem": (lambda b: b.stem, 65_952),
    "stage 0": (lambda b: b.stages[0], 45_952),
    "down 0": (lambda b: b.downs[0], 74_112),
    "stage 1": (lambda b: b.stages[1], 173_824),
    "down 1": (lambda b: b.downs[1], 295_680),
    "stage 2, first": (lambda b: b.stages[2][0], 675_328),
    "stage 2, second": (lambda b: b.stages[2][1], 675_328),
    "down 2": (lambda b: b.downs[2], 1_181_184),
    "stage 3": (lambda b: b.stages[3], 2_661_376),
    "projection": (lambda b: b.project, 525_312),
    "norm": (lambda b: b.norm, 2_048),
    "head": (lambda b: b.classify, 1_025 * 5),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_table(net, row):
    part, expected = ROWS[row]
    assert count(part(net.change)) == expected


def test_rows_and_position_are_the_whole_network(net):
    assert count(net.change) == sum(expected for _, expected in ROWS.values())
    assert count(net.position) == 6_408_192
    assert net.n_parameters() == count(net.change) + count(net.position) == 12_789_413


def test_places_of_the_stages_at_224_px(net):
    seen = []
    hooks = [
        stage.register_forward_hook(lambda _m, _i, out: seen.append(tuple(out.shape[1:])))
        for stage in net.change.stages
    ]
    net.eval().run(torch.empty(1, 3, 3, 224, 224, device="meta"))
    for hook in hooks:
        hook.remove()
    assert seen == [(112, 112, 64), (56, 56, 128), (28, 28, 256), (14, 14, 512)]


def test_drop_path_rises_from_0_to_a_tenth(net):
    shares = [block.drop.share for stage in net.change.stages for block in stage]
    assert shares == pytest.approx([0, 0.025, 0.05, 0.075, 0.1])


# ------------------------------------------------------------------ the two branches
@pytest.fixture(scope="module")
def small():
    torch.manual_seed(0)
    return registry.create("gamdss", 3, drop_path=0.0)


def test_the_rear_branch_learns_and_does_not_predict(small):
    x = torch.rand(2, 3, 3, 32, 32)
    assert small.train().run(x).also[0].shape == (2, 3)
    found = small.eval().run(x)
    assert found.also == ()
    changed = x.clone()
    changed[:, 2] = torch.rand(2, 3, 32, 32)
    assert torch.equal(small.run(changed).logits, found.logits)
    changed[:, 1] = changed[:, 2]
    assert not torch.equal(small.run(changed).logits, found.logits)


def test_the_rear_branch_is_the_same_network_on_apex_and_offset(small):
    onset, apex, offset = torch.rand(3, 2, 3, 32, 32)
    # Statistics of the batch: both calls have to see the same clips.
    rear = small.train().run(torch.stack([onset, apex, offset], 1)).also[0]
    front = small.change(apex - offset, small.position(apex))[0]
    assert torch.allclose(rear, front, atol=1e-5)


def test_a_single_branch_has_nothing_else_to_learn():
    with torch.device("meta"):
        net = registry.create("gamdss", 3, rear=False).train()
        assert net.run(torch.empty(1, 3, 3, 32, 32)).also == ()


# ------------------------------------------------------------------ attention
def by_hand(attention, x):
    """Attention of one clip, place by place."""
    _, height, width, channels = x.shape
    each = channels // attention.n_heads
    rates = [math.log(1 - 2.0 ** (-2 - 4.0 * h / attention.n_heads)) for h in (0, 1)]
    places = [(r, c) for r in range(height) for c in range(width)]
    angles = [10000.0 ** (-j / (each // 2 - 1)) for j in range(each // 2)]

    def turned(vector, index):
        pairs = torch.view_as_complex(vector.reshape(-1, 2).contiguous())
        turn = torch.polar(torch.ones(each // 2), index * torch.tensor(angles))
        return torch.view_as_real(pairs * turn).flatten()

    flat = x[0].reshape(-1, channels)
    q, k, v = (part(flat) for part in (attention.query, attention.key, attention.value))
    out = torch.empty_like(v)
    for h, rate in enumerate(rates):
        part = slice(h * each, (h + 1) * each)
        for i, (row, column) in enumerate(places):
            scores = torch.stack(
                [
                    turned(q[i, part], i) @ turned(k[j, part], j) / each**0.5
                    + rate * (abs(row - r) + abs(column - c))
                    for j, (r, c) in enumerate(places)
                ]
            )
            out[i, part] = scores.softmax(0) @ v[:, part]
    local = attention.local(attention.value(x))
    return attention.out(out.view_as(x) + local)


def test_attention_is_the_formula():
    torch.manual_seed(0)
    attention = ManhattanAttention(8, 2, 4.0, axial=False)
    x = torch.randn(1, 3, 4, 8)
    maps = {}
    with torch.no_grad():
        assert torch.allclose(attention(x, maps), by_hand(attention, x), atol=1e-5)
    assert maps["attention"].shape == (1, 1, 3, 4)


def test_on_one_row_both_kinds_of_attention_are_the_same():
    torch.manual_seed(0)
    full, axial = (ManhattanAttention(8, 2, 4.0, axial=kind) for kind in (False, True))
    axial.load_state_dict(full.state_dict())
    row = torch.randn(2, 1, 5, 8)
    with torch.no_grad():
        assert torch.allclose(full(row, {}), axial(row, {}), atol=1e-5)
        column = row.transpose(1, 2)
        assert torch.allclose(full(column, {}), axial(column, {}), atol=1e-5)
        grid = torch.randn(1, 3, 3, 8)
        assert not torch.allclose(full(grid, {}), axial(grid, {}), atol=1e-3)


def test_turned_channels_know_the_distance_alone():
    one, other = torch.randn(2, 1, 6)
    angles = torch.rand(1, 3)
    near = (rotated(one, 2 * angles) * rotated(other, 5 * angles)).sum()
    far = (rotated(one, 12 * angles) * rotated(other, 15 * angles)).sum()
    assert torch.allclose(near, far, atol=1e-4)


def test_attention_that_is_received_is_a_picture_from_0_to_1():
    weights = torch.zeros(1, 2, 3, 6)
    weights[0, :, :, 4] = 1
    picture = received(weights, 2, 3)
    assert picture.shape == (1, 1, 2, 3)
    assert picture[0, 0, 1, 1] == 1
    assert picture.sum() == 1


def test_drop_path_leaves_clips_out_and_keeps_the_mean():
    torch.manual_seed(0)
    x = torch.ones(4000, 2, 3)
    dropped = DropPath(0.25).train()(x)
    assert dropped.unique().tolist() == pytest.approx([0, 4 / 3])
    assert (dropped.flatten(1).std(1) == 0).all()
    assert dropped.mean() == pytest.approx(1, abs=0.05)
    assert torch.equal(DropPath(0.25).eval()(x), x)
