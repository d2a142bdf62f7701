import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.ragged import Ragged, batches, products, spans


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=8))
def test_spans_stand_one_after_the_other(rows):
    begins, lengths = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    expected = [begin + step for begin, length in rows for step in range(length)]
    assert spans(begins, lengths).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_products_pair_all_with_all_in_each_row(rows):
    one, other = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    expected = [(row, i, j) for row, (m, n) in enumerate(rows) for i in range(m) for j in range(n)]
    assert list(zip(*(part.tolist() for part in products(one, other)), strict=True)) == expected


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 30))
def test_batches_hold_every_row_once_in_order(sizes, most):
    found = batches(np.array(sizes, dtype=np.int64), most=most)
    assert [row for batch in found for row in range(batch.start, batch.stop)] == [
        *range(len(sizes))
    ]


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 30))
def test_a_batch_exceeds_the_most_by_less_than_its_greatest_row(sizes, most):
    found = batches(np.array(sizes, dtype=np.int64), most=most)
    assert all(sum(sizes[batch]) < most + 9 + 1 for batch in found)


rows_of_numbers = st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=6)


def unpacked(ragged):
    cuts = zip(ragged.begins[:-1], ragged.begins[1:], strict=True)
    return [ragged.values[first:last].tolist() for first, last in cuts]


@given(rows_of_numbers)
def test_rows_come_back_as_they_were_given(rows):
    ragged = Ragged.of(rows)
    assert unpacked(ragged) == rows
    assert ragged.row.tolist() == [number for number, row in enumerate(rows) for _ in row]


@given(rows_of_numbers.filter(bool), st.data())
def test_rows_are_taken_in_the_order_asked_for(rows, data):
    asked = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=8))
    taken = Ragged.of(rows).take(np.array(asked, dtype=np.int64))
    assert unpacked(taken) == [rows[row] for row in asked]


@given(rows_of_numbers, st.data())
def test_each_row_gains_or_loses_its_own_value(rows, data):
    values = np.array([data.draw(st.integers(0, 9)) for _ in rows], dtype=np.int64)
    pairs = list(zip(rows, values.tolist(), strict=True))
    assert unpacked(Ragged.of(rows).joined_by(values)) == [[*row, value] for row, value in pairs]
    assert unpacked(Ragged.of(rows).without(values)) == [
        [number for number in row if number != value] for row, value in pairs
    ]
