package dev.howdah.knowledge.vector;

import java.util.stream.IntStream;

/** The positions with the largest scores so far: a heap whose least one is on top, ready to go. */
final class Best {
    private final int[] positions;
    private final float[] scores;
    private int size;

    Best(int limit) {
        this.positions = new int[limit];
        this.scores = new float[limit];
    }

    void offer(int position, float score) {
        if (size < positions.length) {
            int at = size++;
            while (at > 0 && scores[(at - 1) / 2] > score) {
                move((at - 1) / 2, at);
                at = (at - 1) / 2;
            }
            set(at, position, score);
        } else if (score > scores[0]) {
            sink(position, score);
        }
    }

    /** In no order. */
    IntStream positions() {
        return IntStream.range(0, size).map(i -> positions[i]);
    }

    private void sink(int position, float score) {
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && scores[child + 1] < scores[child]) {
                child++;
            }
            if (scores[child] >= score) {
                break;
            }
            move(child, at);
            at = child;
        }
        set(at, position, score);
    }

    private void move(int from, int to) {
        set(to, positions[from], scores[from]);
    }

    private void set(int at, int position, float score) {
        positions[at] = position;
        scores[at] = score;
    }
}
