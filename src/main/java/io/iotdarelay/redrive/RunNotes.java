package io.iotdarelay.redrive;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which runs go on, as the processes that make them note it: so that one shows that was cut off. A run notes itself again and again, and
 * deletes its note when it ends. The thread that reads the topic changes it; any thread may ask.
 */
final class RunNotes {

    /** What has not been noted for so long was cut off: several times as long as until it is noted again. */
    static final Duration CUT_OFF = Duration.ofSeconds(30);

    private static final Duration KEPT = Duration.ofDays(1);
    private static final String PREFIX = "run/";
    private static final String WHY =
            "the relay that sent them ended before the redrive did. What was sent is noted: ordered again, it goes on";
    private static final Pattern NOTE =
            Pattern.compile("(\\S{1,40}) (\\d{1,15}) (\\d{1,15}) (\\d{1,9}) (\\d{1,9}) (\\d{1,9})");

    private final String process;
    private final Map<String, Note> notes = new ConcurrentHashMap<>();

    private record Note(String process, Instant begin, Instant at, int found, int sent, int delivered) {}

    RunNotes(String process) {
        this.process = process;
    }

    static boolean isKey(String key) {
        return key.startsWith(PREFIX);
    }

    static String key(String run) {
        return PREFIX + run;
    }

    /** How far a run is. */
    byte[] value(Redriver.Progress run, Instant now) {
        return String.join(
                        " ",
                        process,
                        Long.toString(run.begin().toEpochMilli()),
                        Long.toString(now.toEpochMilli()),
                        Integer.toString(run.found()),
                        Integer.toString(run.sent()),
                        Integer.toString(run.delivered()))
                .getBytes(StandardCharsets.UTF_8);
    }

    void read(String key, byte @Nullable [] value) {
        Matcher note = NOTE.matcher(value == null ? "" : new String(value, StandardCharsets.UTF_8));
        if (note.matches()) {
            notes.put(
                    key.substring(PREFIX.length()),
                    new Note(
                            note.group(1),
                            Instant.ofEpochMilli(Long.parseLong(note.group(2))),
                            Instant.ofEpochMilli(Long.parseLong(note.group(3))),
                            Integer.parseInt(note.group(4)),
                            Integer.parseInt(note.group(5)),
                            Integer.parseInt(note.group(6))));
        } else {
            notes.remove(key.substring(PREFIX.length()));
        }
    }

    /** Those that other processes did not bring to an end, the newest first. */
    List<Redriver.Progress> cutOff(Instant now) {
        List<Redriver.Progress> runs = new ArrayList<>();
        notes.forEach((run, note) -> {
            if (!note.process().equals(process) && note.at().plus(CUT_OFF).isBefore(now)) {
                runs.add(new Redriver.Progress(
                        run,
                        RedriveRun.State.FAILED.code(),
                        note.begin(),
                        Optional.of(note.at()),
                        note.found(),
                        note.sent(),
                        note.delivered(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        0,
                        0,
                        Math.max(0, note.found() - note.sent()),
                        Optional.of(WHY)));
            }
        });
        runs.sort((one, other) -> other.begin().compareTo(one.begin()));
        return runs;
    }

    /** Drops those that nobody needs to know of any more. Returns their keys. */
    List<String> drop(Instant now) {
        List<String> dropped = new ArrayList<>();
        notes.forEach((run, note) -> {
            if (note.at().plus(KEPT).isBefore(now)) {
                dropped.add(key(run));
            }
        });
        dropped.forEach(key -> notes.remove(key.substring(PREFIX.length())));
        return dropped;
    }
}
