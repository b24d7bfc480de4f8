package io.iotdarelay.devices;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDirectoryTest {

    @TempDir
    Path directory;

    private final ManualClock clock = ManualClock.at("2026-11-01T00:00:00Z");

    @Test
    void isLoadedWithTheFirstReading() throws IOException {
        Path file = write("d.csv", "device_id,secret,gateway_id\na,secret-a,\nc,,a\n");
        FileDirectory devices = new FileDirectory(file, clock);
        assertThat(devices.isLoaded()).isFalse();

        devices.refresh();

        assertThat(devices.isLoaded()).isTrue();
        assertThat(devices.credentials(device("a"))).isPresent();
        assertThat(devices.credentials(device("c"))).isEmpty();
        assertThat(devices.gatewayOf(device("c"))).hasValue(device("a"));
        assertThat(devices.gatewayOf(device("a"))).isEmpty();
        assertThat(devices.find(device("b"))).isEmpty();
        assertThat(devices.status().devices()).isEqualTo(2);
        assertThat(devices.status().changed()).hasValue(clock.instant());
    }

    @Test
    void saysWhatIsWrongUntilItCanBeRead() throws IOException {
        Path file = directory.resolve("d.csv");
        FileDirectory devices = new FileDirectory(file, clock);
        devices.refresh();
        assertThat(devices.isLoaded()).isFalse();
        assertThat(devices.status().trouble())
                .hasValueSatisfying(why -> assertThat(why).contains("d.csv"));

        write("d.csv", "device_id,secret\na,secret-a\n");
        devices.refresh();

        assertThat(devices.isLoaded()).isTrue();
        assertThat(devices.status().trouble()).isEmpty();
    }

    @Test
    void readsAChangeWhenItIsComplete() throws IOException {
        Path file = write("d.csv", "device_id,secret\na,secret-a\n");
        FileDirectory devices = new FileDirectory(file, clock);
        devices.refresh();

        write("d.csv", "device_id,secret\na,secret-a\nb,secret-b\n");
        devices.refresh();
        assertThat(devices.find(device("b"))).isEmpty();
        devices.refresh();
        assertThat(devices.find(device("b"))).isPresent();
    }

    @Test
    void noticesAChangeOfTheSameSize() throws IOException {
        Path file = write("d.csv", "device_id,secret\na,secret-a\n");
        FileDirectory devices = new FileDirectory(file, clock);
        devices.refresh();

        write("d.csv", "device_id,secret\nb,secret-b\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofSeconds(5))));
        devices.refresh();
        devices.refresh();

        assertThat(devices.find(device("b"))).isPresent();
        assertThat(devices.find(device("a"))).isEmpty();
    }

    /** As Kubernetes does with a mounted Secret: the data lies in a directory, and a link to it is replaced. */
    @Test
    void followsALinkThatIsSwapped() throws IOException {
        Path first = Files.createDirectory(directory.resolve("..2026_1"));
        Path second = Files.createDirectory(directory.resolve("..2026_2"));
        Files.writeString(first.resolve("d.csv"), "device_id,secret\na,secret-a\n");
        Files.writeString(second.resolve("d.csv"), "device_id,secret\nb,secret-b\n");
        FileTime same = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(first.resolve("d.csv"), same);
        Files.setLastModifiedTime(second.resolve("d.csv"), same);
        Path data = Files.createSymbolicLink(directory.resolve("..data"), first);
        Path file = Files.createSymbolicLink(directory.resolve("d.csv"), Path.of("..data", "d.csv"));
        FileDirectory devices = new FileDirectory(file, clock);
        devices.refresh();
        assertThat(devices.find(device("a"))).isPresent();

        Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), second);
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        devices.refresh();
        devices.refresh();

        assertThat(devices.find(device("b"))).isPresent();
    }

    @Test
    void keepsWhatItKnowsWhenTheFileIsGoneEmptyOrBroken() throws IOException {
        Path file = write("d.csv", "device_id,secret\na,secret-a\n");
        FileDirectory devices = new FileDirectory(file, clock);
        devices.refresh();

        Files.delete(file);
        devices.refresh();
        assertStillKnown(devices);
        write("d.csv", "device_id,secret\n");
        devices.refresh();
        devices.refresh();
        assertStillKnown(devices);
        write("d.csv", "nonsense\n");
        devices.refresh();
        devices.refresh();
        assertStillKnown(devices);

        write("d.csv", "device_id,secret\nb,secret-b\n");
        devices.refresh();
        devices.refresh();
        assertThat(devices.status().trouble()).isEmpty();
        assertThat(devices.find(device("b"))).isPresent();
    }

    /** The known devices stay, and the file is not read again and again. */
    @Test
    void refusesAFileThatDoesNotFitIntoTheHeap() throws IOException {
        Path file = write("d.csv", "device_id,secret\na,secret-a\n");
        FileDirectory devices = new FileDirectory(file, clock, 100_000);
        devices.refresh();

        write("d.csv", listing(2000, 1));
        devices.refresh();
        devices.refresh();

        assertStillKnown(devices);
        assertThat(devices.find(device("d0"))).isEmpty();
        assertThat(devices.status().trouble())
                .hasValueSatisfying(why -> assertThat(why)
                        .matches(
                                ".*d\\.csv contains more than 3\\d\\d devices, more than fit into a quarter of the heap;"
                                        + " the last loaded ones stay in use"));
    }

    @Test
    void isNotLoadedFromAFileThatDoesNotFitIntoTheHeap() throws IOException {
        FileDirectory devices = new FileDirectory(write("d.csv", listing(2000, 1)), clock, 100_000);

        devices.refresh();

        assertThat(devices.isLoaded()).isFalse();
        assertThat(devices.status().trouble())
                .hasValueSatisfying(why -> assertThat(why).contains("more than fit into a quarter of the heap"));
    }

    /** If it is written slowly, its content so far is used, and the rest when it arrives. */
    @Test
    void takesHalfAFileAndThenTheOtherHalf() throws IOException {
        Path file = write("d.csv", "device_id,secret\na,secret-a\n\"b,sec");
        FileDirectory devices = new FileDirectory(file, clock);
        devices.refresh();
        assertThat(devices.find(device("a"))).isPresent();
        assertThat(devices.status().broken()).containsExactly("line 3: cannot be read");

        write("d.csv", "device_id,secret\na,secret-a\n\"b\",secret-b\n");
        devices.refresh();
        devices.refresh();

        assertThat(devices.find(device("b"))).isPresent();
        assertThat(devices.status().broken()).isEmpty();
    }

    @Test
    void neverLosesAKnownDeviceWhileItReads() throws Exception {
        Path file = write("d.csv", listing(2000, 0));
        FileDirectory devices = new FileDirectory(file, clock);
        devices.refresh();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger misses = new AtomicInteger();
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                if (devices.find(device("d7")).isEmpty()) {
                    misses.incrementAndGet();
                }
            }
        });

        for (int round = 1; round <= 20; round++) {
            write("d.csv", listing(2000, round));
            devices.refresh();
            devices.refresh();
        }
        stop.set(true);
        reader.join();

        assertThat(misses).hasValue(0);
    }

    private static void assertStillKnown(FileDirectory devices) {
        assertThat(devices.find(device("a"))).isPresent();
        assertThat(devices.isLoaded()).isTrue();
        assertThat(devices.status().trouble()).isPresent();
    }

    private static String listing(int count, int round) {
        return IntStream.range(0, count)
                .mapToObj(i -> "d" + i + ",secret-" + round + "-" + i + ",\n")
                .collect(Collectors.joining("", "device_id,secret,gateway_id\n", ""));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }
}
