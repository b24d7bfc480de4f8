package io.iotdarelay.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.telemetry.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryFileTest {

    @TempDir
    private Path folder;

    @Test
    void readsAFileOnce() throws IOException {
        DirectoryFile directory = read("d.csv", "device_id,secret,gateway_id\na,s,\nb,,a\n");

        assertThat(directory.isLoaded()).isTrue();
        assertThat(directory.credentials(new DeviceId("a"))).isPresent();
        assertThat(directory.gatewayOf(new DeviceId("b"))).contains(new DeviceId("a"));
        assertThat(directory.entries()).hasSize(2);
        assertThat(directory.status().trouble()).isEmpty();
    }

    @Test
    void tellsWhatIsWrongWithoutASecret() throws IOException {
        DirectoryFile directory =
                read("d.jsonl", "{\"device_id\":\"a\",\"secret\":\"hidden\"}\n{\"secret\":\"hidden\n");

        assertThat(directory.status().broken()).containsExactly("line 2: cannot be read");
        assertThat(directory.status().toString()).doesNotContain("hidden");
    }

    @Test
    void aFileThatCannotBeReadHoldsNoDevice() throws IOException {
        assertThat(DirectoryFile.read(folder.resolve("none.csv")).isLoaded()).isFalse();
        assertThat(read("empty.csv", "device_id,secret\n").status().trouble().orElseThrow())
                .endsWith("holds no device");
        assertThat(read("d.csv", "a,b\n").status().trouble().orElseThrow()).contains("the header");
    }

    @Test
    void mayBeLeftOut() {
        assertThat(DirectoryFile.path(DevicesSettings.of(null, "topic"))).isEmpty();
        assertThat(DirectoryFile.path(DevicesSettings.of("file:/a/b.csv", null)))
                .contains(Path.of("/a/b.csv"));
    }

    private DirectoryFile read(String name, String text) throws IOException {
        return DirectoryFile.read(Files.writeString(folder.resolve(name), text));
    }
}
