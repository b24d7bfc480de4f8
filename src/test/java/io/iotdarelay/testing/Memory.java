package io.iotdarelay.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel knows of a process's memory. */
public final class Memory {

    private static final int KIB_PER_MIB = 1024;

    private Memory() {}

    /** The most that it has ever had resident, in MiB. */
    public static long peak(ProcessHandle process) {
        return of(process, "VmHWM:");
    }

    /** What it has resident now, in MiB. */
    public static long resident(ProcessHandle process) {
        return of(process, "VmRSS:");
    }

    private static long of(ProcessHandle process, String field) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_MIB)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
