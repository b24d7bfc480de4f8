package io.iotdarelay.devices;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The status of one directory, and its logging. Written by the thread that reads the directory; any thread may read it. */
final class DirectoryState {

    private static final Logger log = LoggerFactory.getLogger(DirectoryState.class);

    private final String kind;
    private final String name;
    private volatile DirectoryStatus status =
            new DirectoryStatus(false, 0, Optional.empty(), Optional.empty(), List.of(), 0);

    /**
     * Of a directory that is not loaded.
     *
     * @param kind what the directory is, as a key in the log
     * @param name which one it is
     */
    DirectoryState(String kind, String name) {
        this.kind = kind;
        this.name = name;
    }

    DirectoryStatus status() {
        return status;
    }

    boolean isLoaded() {
        return status.loaded();
    }

    boolean isTroubled() {
        return status.trouble().isPresent();
    }

    /** Replaces the status. A new problem is logged. */
    void become(DirectoryStatus next) {
        next.trouble()
                .filter(why -> !status.trouble().equals(Optional.of(why)))
                .ifPresent(why -> log.atError()
                        .addKeyValue("reason", why)
                        .log("The device directory cannot be used; the last loaded one stays in use, if there is one"));
        status = next;
    }

    void trouble(String why) {
        become(status.with(Optional.of(why)));
    }

    /** The source can be read again, and its content is unchanged. */
    void recovered() {
        become(status.with(Optional.empty()));
        log.atInfo().addKeyValue(kind, name).log("The device directory can be read again");
    }

    void logBroken(String problem) {
        log.atWarn().addKeyValue(kind, name).log("The device directory has an invalid entry: {}", problem);
    }
}
