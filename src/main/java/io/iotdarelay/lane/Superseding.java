package io.iotdarelay.lane;

import io.iotdarelay.telemetry.Keep;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Ends reports of one lane that newer ones replace. Only what waits and was never sent: the platform may have accepted what was.
 * A report of a partition that is leaving neither replaces another, for it is not sent here, nor is replaced. A dead letter that is sent
 * again replaces none, for it is older than what it waits behind.
 */
public final class Superseding {

    private final Rule rule;

    /** What is known of the reports that wait: each is read once. */
    private IdentityHashMap<LaneEntry, Set<String>> subjects = new IdentityHashMap<>();

    /** How many were left the last time. */
    private int kept;

    private boolean grown;

    /**
     * Which reports of all lanes may be replaced.
     *
     * @param otherwise where a report's route does not say so
     * @param superseded receives the reports that are not sent
     */
    public record Rule(Packing packing, Keep otherwise, Consumer<List<LaneEntry>> superseded) {

        boolean mayReplace(LaneEntry entry) {
            return Objects.requireNonNullElse(entry.keep(), otherwise) == Keep.LATEST;
        }
    }

    Superseding(Rule rule) {
        this.rule = rule;
    }

    /** There is one more. They are looked through whenever they have doubled: so most of them never wait in vain. */
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
                rule.superseded().accept(gone.reversed());
            }
        }
        kept = waiting.size();
        grown = false;
    }

    private List<LaneEntry> removeReplaced(Deque<LaneEntry> waiting) {
        List<LaneEntry> gone = new ArrayList<>();
        IdentityHashMap<LaneEntry, Set<String>> left = new IdentityHashMap<>();
        Set<String> covered = new HashSet<>();
        for (Iterator<LaneEntry> newestFirst = waiting.descendingIterator(); newestFirst.hasNext(); ) {
            LaneEntry entry = newestFirst.next();
            if (!entry.record().mayStart()) {
                continue;
            }
            Set<String> about =
                    subjects.computeIfAbsent(entry, unread -> rule.packing().subjects(unread.report()));
            if (rule.mayReplace(entry) && !about.isEmpty() && covered.containsAll(about)) {
                newestFirst.remove();
                gone.add(entry);
            } else {
                left.put(entry, about);
            }
            if (!entry.record().isRedriven()) { // it may wait behind newer ones
                covered.addAll(about);
            }
        }
        subjects = left;
        return gone;
    }
}
