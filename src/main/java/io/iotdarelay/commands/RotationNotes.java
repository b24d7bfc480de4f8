package io.iotdarelay.commands;

import io.iotdarelay.telemetry.DeviceId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How far a rotation is, in a file without secrets, so that the next run continues it. */
final class RotationNotes implements AutoCloseable {

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

    private final PrivateFile file;
    private final Map<DeviceId, Stage> stages = new HashMap<>();

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
            for (Stage stage : Stage.values()) {
                String id = line.startsWith(stage.word + " ") ? line.substring(stage.word.length() + 1) : "";
                if (DeviceId.isValid(id)) {
                    notes.stages.put(new DeviceId(id), stage);
                }
            }
        }
        return Optional.of(notes);
    }

    Optional<Stage> of(DeviceId device) {
        return Optional.ofNullable(stages.get(device));
    }

    boolean isEmpty() {
        return stages.isEmpty();
    }

    /** Whether a device waits for its end. */
    boolean isAnyWritten() {
        return stages.containsValue(Stage.WRITTEN);
    }

    void note(DeviceId device, Stage stage) throws IOException {
        stages.put(device, stage);
        file.add(stage.word + " " + device.value());
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
