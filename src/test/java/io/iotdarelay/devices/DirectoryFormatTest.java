package io.iotdarelay.devices;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryFormatTest {

    private static final long ROOM = 1_000_000;

    @TempDir
    Path directory;

    @Test
    void readsCsv() throws IOException {
        DirectoryListing listing = csv("""
                device_id,secret,gateway_id
                direct,secret-1,
                short,secret-2
                "quoted","secret-3",""
                child,,gateway

                both,secret-4,gateway
                """);

        assertThat(listing.broken()).isEmpty();
        assertEntry(listing, "direct", "secret-1", null);
        assertEntry(listing, "short", "secret-2", null);
        assertEntry(listing, "quoted", "secret-3", null);
        assertEntry(listing, "child", null, "gateway");
        assertEntry(listing, "both", "secret-4", "gateway");
    }

    @Test
    void findsColumnsByTheirNames() throws IOException {
        DirectoryListing listing = csv("\uFEFFsecret,remark,device_id\nsecret-1,anything,d\n");

        assertEntry(listing, "d", "secret-1", null);
    }

    @Test
    void readsTheProductsOfDevices() throws IOException {
        DirectoryListing listing = csv("""
                product_id,device_id,secret,gateway_id
                meter_1,a,secret-1,
                meter_1,b,,a
                ,c,secret-3,
                not one,d,secret-4,
                """);

        assertThat(listing.broken()).containsExactly("line 5: product_id is invalid");
        assertThat(product(listing, "a"))
                .isEqualTo("meter_1")
                .as("one text for all devices")
                .isSameAs(product(listing, "b"));
        assertThat(product(listing, "c")).isNull();
        assertThat(product(
                        DirectoryFormat.read(
                                Files.writeString(
                                        directory.resolve("d.jsonl"),
                                        "{\"device_id\":\"a\",\"secret\":\"s\",\"product_id\":\"meter_1\"}"),
                                ROOM),
                        "a"))
                .isEqualTo("meter_1");
    }

    private static @Nullable String product(DirectoryListing listing, String device) {
        return Objects.requireNonNull(listing.devices().get(device(device))).product();
    }

    @Test
    void readsWhoseTheDevicesAre() throws IOException {
        DirectoryListing listing = csv("""
                group,device_id,secret,gateway_id
                team-a,a,secret-1,
                  team-a ,b,,a
                ,c,secret-3,
                team a,d,secret-4,
                """);

        assertThat(listing.broken()).containsExactly("line 5: group is invalid");
        assertThat(group(listing, "a"))
                .isEqualTo("team-a")
                .as("one text for all devices")
                .isSameAs(group(listing, "b"));
        assertThat(group(listing, "c")).isNull();
        assertThat(group(
                        DirectoryFormat.read(
                                Files.writeString(
                                        directory.resolve("d.jsonl"),
                                        "{\"device_id\":\"a\",\"secret\":\"s\",\"group\":\"team-a\"}"),
                                ROOM),
                        "a"))
                .isEqualTo("team-a");
    }

    private static @Nullable String group(DirectoryListing listing, String device) {
        return Objects.requireNonNull(listing.devices().get(device(device))).group();
    }

    @Test
    void readsWhatRecordsCallDevices() throws IOException {
        DirectoryListing listing = csv("""
                device_id,secret,gateway_id,product_id,node_id
                p_1,secret-1,,,n1
                p_2,secret-2,,,
                p_3,secret-3,,,n 3
                p_4,secret-4,,,n1
                p_5,secret-5,,,n5
                p_5,secret-5,,,n6
                """);

        assertThat(listing.broken())
                .containsExactly(
                        "line 4: node_id is invalid",
                        "line 5: another device has the same node_id; the last line counts",
                        "line 7: the device is in the file more than once; the last line counts");
        assertThat(listing.nodes().deviceOf(device("n1"))).contains(device("p_4"));
        assertThat(listing.nodes().deviceOf(device("n5"))).isEmpty();
        assertThat(listing.nodes().deviceOf(device("n6"))).contains(device("p_5"));
        assertThat(listing.nodes().deviceOf(device("p_2"))).isEmpty();
    }

    @Test
    void reportsBrokenLinesWithoutTheirContentAndReadsTheRest() throws IOException {
        DirectoryListing listing = csv("""
                device_id,secret,gateway_id
                good,secret-1,
                ../bad,planted-1,
                ,planted-2,
                lonely,,
                child,,g/w
                good,secret-2,
                "open,planted-3
                last,secret-3,
                """);

        assertThat(listing.broken())
                .containsExactly(
                        "line 3: device_id is missing or invalid",
                        "line 4: device_id is missing or invalid",
                        "line 5: neither secret nor gateway_id",
                        "line 6: gateway_id is invalid",
                        "line 7: the device is in the file more than once; the last line counts",
                        "line 8: cannot be read");
        assertThat(listing.brokenEntries()).isEqualTo(6);
        assertEntry(listing, "good", "secret-2", null);
        assertEntry(listing, "last", "secret-3", null);
        assertThat(listing.devices()).hasSize(2);
    }

    @Test
    void reportsTheFirstTwentyOnly() throws IOException {
        DirectoryListing listing = csv("device_id,secret\n" + "!,x\n".repeat(100));

        assertThat(listing.broken()).hasSize(20);
        assertThat(listing.brokenEntries()).isEqualTo(100);
    }

    @Test
    void breaksALineAndNotAFileWithBytesThatAreNoText() throws IOException {
        Path file = directory.resolve("d.csv");
        Files.write(file, new byte[] {
            'd',
            'e',
            'v',
            'i',
            'c',
            'e',
            '_',
            'i',
            'd',
            ',',
            's',
            'e',
            'c',
            'r',
            'e',
            't',
            '\n',
            'a',
            (byte) 0xff,
            ',',
            'x',
            '\n',
            'b',
            ',',
            'y',
            '\n'
        });

        DirectoryListing listing = DirectoryFormat.read(file, ROOM);

        assertThat(listing.broken()).containsExactly("line 2: device_id is missing or invalid");
        assertThat(listing.devices()).containsOnlyKeys(device("b"));
    }

    @Test
    void countsLinesHoweverTheyEnd() throws IOException {
        assertThat(csv("device_id,secret\r\na,x\r!,x\n\r\n\n!,x\r\nb,y").broken())
                .containsExactly("line 3: device_id is missing or invalid", "line 6: device_id is missing or invalid");
    }

    @Test
    void breaksALineThatIsTooLongAndReadsTheRest() throws IOException {
        DirectoryListing listing = csv("device_id,secret\na,x\nb," + "y".repeat(Lines.MAX_LENGTH) + "\n\0\0\nc,z\n");

        assertThat(listing.devices()).containsOnlyKeys(device("a"), device("c"));
        assertThat(listing.broken())
                .containsExactly("line 3: is longer than 65536 characters", "line 4: device_id is missing or invalid");
    }

    @Test
    void takesALineOfTheGreatestLength() throws IOException {
        String line = "a," + "y".repeat(Lines.MAX_LENGTH - 2);

        assertThat(csv("device_id,secret\n" + line + "\n").devices()).containsOnlyKeys(device("a"));
    }

    /** Ends of lines, and of the buffer between, in every place. */
    @Test
    void findsEveryLineWhereverTheBufferEnds() throws IOException {
        for (int shift = 0; shift < 40; shift++) {
            String lines = "a,x\r\n".repeat(3000).substring(0, 14_998);
            DirectoryListing listing = csv("device_id,secret," + "z".repeat(shift) + "\r\n" + lines + "\r\n!,x\r\n");

            assertThat(listing.brokenEntries()).as("shift %d", shift).isEqualTo(3000);
            assertThat(listing.devices()).containsOnlyKeys(device("a"));
        }
    }

    /** A file full of nothing, or a line that never ends: it is read to its end, and not kept. */
    @ParameterizedTest
    @ValueSource(strings = {"d.csv", "d.jsonl"})
    void keepsNothingOfAHugeFileWithoutLines(String name) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "device_id,secret\n");
        try (RandomAccessFile hole = new RandomAccessFile(file.toFile(), "rw")) {
            hole.setLength(1L << 27);
        }

        DirectoryListing listing = DirectoryFormat.read(file, ROOM);

        assertThat(listing.devices()).isEmpty();
        assertThat(listing.broken()).last(InstanceOfAssertFactories.STRING).endsWith("is longer than 65536 characters");
    }

    @Test
    void readsNoMoreThanThereIsRoomFor() throws IOException {
        String lines =
                IntStream.range(0, 10_000).mapToObj(i -> "d" + i + ",secret\n").collect(Collectors.joining());

        DirectoryListing listing = csv("device_id,secret\n" + lines);

        assertThat(listing.isFull()).isTrue();
        assertThat(listing.devices()).hasSizeBetween(3000, 4000);
    }

    @Test
    void requiresAHeader() {
        assertThatThrownBy(() -> csv("d,secret-1\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("header");
        assertThatThrownBy(() -> csv("")).isInstanceOf(IOException.class).hasMessageContaining("header");
        assertThatThrownBy(() -> csv("\"open\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("header");
    }

    @Test
    void readsJsonLines() throws IOException {
        DirectoryListing listing = read("d.jsonl", """
                {"device_id":"direct","secret":"secret-1"}
                {"device_id":"child","gateway_id":"gateway","secret":null}

                {"device_id":"bad"
                {"secret":"planted"}
                []
                """);

        assertEntry(listing, "direct", "secret-1", null);
        assertEntry(listing, "child", null, "gateway");
        assertThat(listing.broken())
                .containsExactly(
                        "line 4: cannot be read",
                        "line 5: device_id is missing or invalid",
                        "line 6: device_id is missing or invalid");
    }

    private DirectoryListing csv(String content) throws IOException {
        return read("d.csv", content);
    }

    private DirectoryListing read(String name, String content) throws IOException {
        return DirectoryFormat.read(Files.writeString(directory.resolve(name), content, StandardCharsets.UTF_8), ROOM);
    }

    private static void assertEntry(
            DirectoryListing listing,
            String id,
            @org.jspecify.annotations.Nullable String secret,
            @org.jspecify.annotations.Nullable String gateway) {
        DirectoryEntry entry = Objects.requireNonNull(listing.devices().get(device(id)), id);
        assertThat(entry.secret()).isEqualTo(secret == null ? null : new DeviceSecret(secret));
        assertThat(entry.gateway()).isEqualTo(gateway == null ? null : device(gateway));
    }
}
