package io.iotdarelay.commands;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** How far a rotation is, in a file without secrets, so that the next run continues it. */
final class RotationNotes implements AutoCloseable {

    /** Long enough to tell secrets apart; nobody can guess a secret of 32 random characters by it. */
    private static final int FINGERPRINT_BYTES = 8;

    /** How far a device is. */
    enum Stage {
        /** The directory has the new secret; the former one is still valid. */
        WRITTEN("written"),
        /** The former one is not valid any more. */
        DONE("done");

        private final String word;

        Stage(String word) {
            this.word = word;
        }
    }

    /** What is noted about a device. */
    record Note(Stage stage, String fingerprint) {

        /** Whether this is the secret that was written into the directory. */
        boolean isOf(DeviceSecret secret) {
            return fingerprint.equals(partOfDigest(secret));
        }
    }

    private final PrivateFile file;
    private final Map<DeviceId, Note> notes = new HashMap<>();

    private RotationNotes(PrivateFile file) {
        this.file = file;
    }

    /** Opens those that are there, or new ones; empty if another process has them. */
    static Optional<RotationNotes> open(Path path) throws IOException {
        Optional<PrivateFile> file = PrivateFile.open(path);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        RotationNotes notes = new RotationNotes(file.get());
        for (String line : file.get().lines()) {
            String[] words = line.split(" ", -1);
            for (Stage stage : Stage.values()) {
                if (words.length > 2 && words[0].equals(stage.word) && DeviceId.isValid(words[1])) {
                    notes.notes.put(new DeviceId(words[1]), new Note(stage, words[2]));
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

    /** Whether a device waits for its end. */
    boolean isAnyWritten() {
        return notes.values().stream().anyMatch(note -> note.stage() == Stage.WRITTEN);
    }

    void note(DeviceId device, Stage stage, DeviceSecret secret) throws IOException {
        Note note = new Note(stage, partOfDigest(secret));
        notes.put(device, note);
        file.add(stage.word + " " + device.value() + " " + note.fingerprint());
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
