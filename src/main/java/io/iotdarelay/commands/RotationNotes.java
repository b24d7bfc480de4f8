package io.iotdarelay.commands;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How far a rotation is, in a file without secrets, so that the next run continues it. */
final class RotationNotes implements AutoCloseable {

    /** Long enough to tell secrets apart; nobody can guess a secret of 32 random characters by it. */
    private static final int FINGERPRINT_BYTES = 8;

    /** How far a device is. */
    enum Stage {
        /** The directory is about to have the new secret: what it has tells whether it came to that. */
        INTENDED("intended"),
        /** The directory has the new secret; the former one is still valid. */
        WRITTEN("written"),
        /** The former one is not valid any more. */
        DONE("done");

        private final String word;

        Stage(String word) {
            this.word = word;
        }
    }

    /**
     * What is noted about a device.
     *
     * @param since when, in ISO 8601
     */
    record Note(Stage stage, String fingerprint, String since) {

        /** Whether this is the secret that was written into the directory. */
        boolean isOf(DeviceSecret secret) {
            return fingerprint.equals(partOfDigest(secret));
        }
    }

    private static final String HEADER = "# rotation of secrets, by iotda-relay";
    private static final String KEEPS_FORMER = "keeps-former";

    private final PrivateFile file;
    private final InstantSource time;
    private boolean keepsFormer;
    private final Map<DeviceId, Note> notes = new HashMap<>();

    private RotationNotes(PrivateFile file, InstantSource time) {
        this.file = file;
        this.time = time;
    }

    /** Opens those that are there, or new ones; empty if another process has them. */
    static Optional<RotationNotes> open(Path path, InstantSource time) throws UsageException, IOException {
        if (!PrivateFile.isOurs(path, HEADER)) {
            throw new UsageException(path + " is there, and has no notes of a rotation: name another file");
        }
        Optional<PrivateFile> file = PrivateFile.open(path);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        RotationNotes notes = new RotationNotes(file.get(), time);
        if (file.get().isEmpty()) {
            file.get().add(HEADER);
        }
        for (String line : file.get().lines()) {
            String[] words = line.split(" ", -1);
            notes.keepsFormer |= line.equals(KEEPS_FORMER);
            for (Stage stage : Stage.values()) {
                if (words.length > 3 && words[0].equals(stage.word) && DeviceId.isValid(words[1])) {
                    notes.notes.put(new DeviceId(words[1]), new Note(stage, words[2], words[3]));
                }
            }
        }
        return Optional.of(notes);
    }

    Optional<Note> of(DeviceId device) {
        return Optional.ofNullable(notes.get(device));
    }

    boolean isEmpty() {
        return notes.isEmpty();
    }

    /** Whether the former secrets stay until they are ended on demand. */
    boolean keepsFormer() {
        return keepsFormer;
    }

    /** From now on they do. */
    void keepFormer() throws IOException {
        if (!keepsFormer) {
            keepsFormer = true;
            file.add(KEEPS_FORMER);
            file.sync();
        }
    }

    /** When the first and the last note was made. */
    String period() {
        List<String> times = notes.values().stream().map(Note::since).sorted().toList();
        return times.isEmpty() ? "" : ", noted from " + times.getFirst() + " to " + times.getLast();
    }

    /** Whether a device waits for its end. */
    boolean isAnyWritten() {
        return notes.values().stream().anyMatch(note -> note.stage() == Stage.WRITTEN);
    }

    void note(DeviceId device, Stage stage, DeviceSecret secret) throws IOException {
        Note note = new Note(
                stage,
                partOfDigest(secret),
                time.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        notes.put(device, note);
        file.add(stage.word + " " + device.value() + " " + note.fingerprint() + " " + note.since());
    }

    private static String partOfDigest(DeviceSecret secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.utf8());
            return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void sync() throws IOException {
        file.sync();
    }

    /** All is done. */
    void delete() throws IOException {
        file.delete();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
