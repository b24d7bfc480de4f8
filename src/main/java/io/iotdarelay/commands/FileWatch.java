package io.iotdarelay.commands;

import io.iotdarelay.settings.FileState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits until one of some files changes. It looks at them: editors replace files, and mounted ones change by a link, which file system
 * events do not show reliably.
 */
final class FileWatch {

    private static final Duration LOOK_EVERY = Duration.ofMillis(300);

    private final CountDownLatch never = new CountDownLatch(1);
    private final List<Path> files;
    private final List<FileState> before;

    /** Remembers what they are now. */
    FileWatch(List<Path> files) {
        this.files = List.copyOf(files);
        this.before = state(files);
    }

    /** Returns whether one has changed since; otherwise the thread was interrupted. */
    boolean awaitChange() {
        try {
            while (state(files).equals(before)) {
                if (never.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static List<FileState> state(List<Path> files) {
        return files.stream().map(FileState::orMissing).toList();
    }
}
