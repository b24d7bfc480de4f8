package io.iotdarelay.lane;

import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Ends reports of one lane that newer ones replace. Only what waits and was never sent: the platform may have accepted what was.
 * A report of a partition that is leaving neither replaces another, for it is not sent here, nor is replaced.
 */
public final class Superseding {

    private final Packing packing;
    private final Consumer<List<LaneEntry>> superseded;

    /** How many were left the last time. */
    private int kept;

    private boolean grown;

    /**
     * A rule for a lane of its own.
     *
     * @param superseded receives the reports that are not sent
     */
    public Superseding(Packing packing, Consumer<List<LaneEntry>> superseded) {
        this.packing = packing;
        this.superseded = superseded;
    }

    /** There is one more. They are looked through whenever they have doubled: each is read about twice, and few wait in vain. */
    void added(Deque<LaneEntry> waiting) {
        grown = true;
        kept = Math.min(kept, waiting.size());
        if (waiting.size() >= 2 * kept) {
            thin(waiting);
        }
    }

    /** Leaves what is the latest about anything. */
    void thin(Deque<LaneEntry> waiting) {
        if (grown && waiting.size() > 1) {
            List<LaneEntry> gone = removeReplaced(waiting);
            if (!gone.isEmpty()) {
                superseded.accept(gone.reversed());
            }
        }
        kept = waiting.size();
        grown = false;
    }

    private List<LaneEntry> removeReplaced(Deque<LaneEntry> waiting) {
        List<LaneEntry> gone = new ArrayList<>();
        Set<String> covered = new HashSet<>();
        for (Iterator<LaneEntry> newestFirst = waiting.descendingIterator(); newestFirst.hasNext(); ) {
            LaneEntry entry = newestFirst.next();
            if (!entry.record().mayStart()) {
                continue;
            }
            Set<String> subjects = packing.subjects(entry.report());
            if (!subjects.isEmpty() && covered.containsAll(subjects)) {
                newestFirst.remove();
                gone.add(entry);
            }
            covered.addAll(subjects);
        }
        return gone;
    }
}
