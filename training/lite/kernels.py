"""The inner loops of training over bags of token rows, compiled."""

import numba
import numpy as np


@numba.njit
def gather(ids, starts, lengths, chances, drop):
    """Bags of ids: each token is left out by chance `drop`, but no bag is left empty. Returns ids and offsets."""
    kept = np.empty(len(chances), np.int64)
    at = np.empty(len(starts) + 1, np.int64)
    count = 0
    seen = 0
    for bag in range(len(starts)):
        at[bag] = count
        for j in range(lengths[bag]):
            if chances[seen] >= drop:
                kept[count] = ids[starts[bag] + j]
                count += 1
            seen += 1
        if count == at[bag]:
            kept[count] = ids[starts[bag]]
            count += 1
    at[len(starts)] = count
    return kept[:count], at


@numba.njit(fastmath=True)
def bag_means(table, ids, at):
    dim = table.shape[1]
    means = np.zeros((len(at) - 1, dim), np.float32)
    for bag in range(len(at) - 1):
        for j in range(at[bag], at[bag + 1]):
            row = ids[j]
            for k in range(dim):
                means[bag, k] += table[row, k]
        share = np.float32(1) / np.float32(at[bag + 1] - at[bag])
        for k in range(dim):
            means[bag, k] *= share
    return means


@numba.njit(fastmath=True)
def add_gradient(gradient, stamp, step, ids, at, of_means, touched, count):
    """Adds what the means' gradient says of each row; rows first met in this step join `touched`. Returns its length."""
    dim = gradient.shape[1]
    for bag in range(len(at) - 1):
        share = np.float32(1) / np.float32(at[bag + 1] - at[bag])
        for j in range(at[bag], at[bag + 1]):
            row = ids[j]
            if stamp[row] != step:
                stamp[row] = step
                touched[count] = row
                count += 1
                for k in range(dim):
                    gradient[row, k] = of_means[bag, k] * share
            else:
                for k in range(dim):
                    gradient[row, k] += of_means[bag, k] * share
    return count


@numba.njit(fastmath=True)
def adam(table, first, second, gradient, touched, count, rate, step):
    """Adam on the touched rows only (β 0.9 and 0.99); others keep their moments."""
    b1, b2, epsilon = np.float32(0.9), np.float32(0.99), np.float32(1e-8)
    pace = np.float32(rate / (1 - 0.9**step))
    correction = np.float32(1 / (1 - 0.99**step))
    for t in range(count):
        row = touched[t]
        for k in range(table.shape[1]):
            g = gradient[row, k]
            m = b1 * first[row, k] + (np.float32(1) - b1) * g
            v = b2 * second[row, k] + (np.float32(1) - b2) * g * g
            first[row, k] = m
            second[row, k] = v
            table[row, k] -= pace * m / (np.sqrt(v * correction) + epsilon)


@numba.njit
def same_texts(a, b):
    """Cells (i, j), i ≠ j, that are no negatives, by hash: equal a, equal b, or a of one is b of the other."""
    rows = numba.typed.List.empty_list(numba.int64)
    columns = numba.typed.List.empty_list(numba.int64)
    for hashes in (a, b):
        order = np.argsort(hashes)
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and hashes[order[end]] == hashes[order[start]]:
                end += 1
            for i in range(start, end):
                for j in range(start, end):
                    if i != j:
                        rows.append(order[i])
                        columns.append(order[j])
            start = end
    order_a, order_b = np.argsort(a), np.argsort(b)
    start = 0
    for i in order_a:
        while start < len(b) and b[order_b[start]] < a[i]:
            start += 1
        j = start
        while j < len(b) and b[order_b[j]] == a[i]:
            if order_b[j] != i:
                rows.append(i)
                columns.append(order_b[j])
            j += 1
    cells = np.empty((2, len(rows)), np.int64)
    for n in range(len(rows)):
        cells[0, n] = rows[n]
        cells[1, n] = columns[n]
    return cells
