package io.iotdarelay.devices;

import static io.iotdarelay.testing.TestTelemetry.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsInFileTest {

    private static final Map<DeviceId, DeviceSecret> NEW = Map.of(device("b"), new DeviceSecret("new-secret"));

    @TempDir
    private Path folder;

    @Test
    void changesTheSecretAndNothingElse() throws IOException {
        Path file = write("devices.csv", """
                remark,device_id,secret,gateway_id,product_id
                "x, y",a,old-a,,p
                "x, y",b,old-b,,p
                broken line "
                ,c,old-c

                """);

        assertThat(SecretsInFile.replace(file, NEW)).isEqualTo(1);

        assertThat(file).hasContent("""
                remark,device_id,secret,gateway_id,product_id
                "x, y",a,old-a,,p
                "x, y",b,new-secret,,p
                broken line "
                ,c,old-c

                """);
        assertThat(DirectoryFile.read(file)
                        .credentials(device("b"))
                        .orElseThrow()
                        .secret())
                .isEqualTo(new DeviceSecret("new-secret"));
    }

    @Test
    void changesJsonLinesAndKeepsUnknownMembers() throws IOException {
        Path file = write("devices.jsonl", """
                {"device_id":"a","secret":"old-a"}
                {"device_id":"b","secret":"old-b","note":{"x":1}}
                not JSON
                """);

        assertThat(SecretsInFile.replace(file, NEW)).isEqualTo(1);

        assertThat(file).hasContent("""
                {"device_id":"a","secret":"old-a"}
                {"device_id":"b","secret":"new-secret","note":{"x":1}}
                not JSON
                """);
    }

    @Test
    void keepsPermissionsAndLinksAndLeavesNothingBehind() throws IOException {
        Path file = write("real.csv", "device_id,secret\nb,old\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link.csv"), file);
        write(".real.csv.new", "left by a process that was killed");

        SecretsInFile.replace(link, NEW);

        assertThat(link).isSymbolicLink();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
        assertThat(file).hasContent("device_id,secret\nb,new-secret\n");
    }

    @Test
    void leavesAFileAsItIsThatCannotBeReadAsADirectory() throws IOException {
        Path file = write("devices.csv", "a,b\nb,old\n");

        assertThatThrownBy(() -> SecretsInFile.replace(file, NEW)).isInstanceOf(IOException.class);

        assertThat(file).hasContent("a,b\nb,old\n");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void keepsTheGroup() throws IOException {
        Path file = write("devices.csv", "device_id,secret\nb,old\n");
        int own = (int) Files.getAttribute(file, "unix:gid");
        assumeThatCode(() -> Files.setAttribute(file, "unix:gid", own + 1))
                .as("only some may give a file to another group")
                .doesNotThrowAnyException();

        SecretsInFile.replace(file, NEW);

        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(own + 1);
        assertThat(file).hasContent("device_id,secret\nb,new-secret\n");
    }

    @Test
    void aRehearsalChangesNothingAndFindsWhatWouldFail() throws IOException {
        Path file = write("devices.csv", "device_id,secret\nb,old\n");
        Object key = Files.getAttribute(file, "unix:ino");

        SecretsInFile.rehearse(file);

        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(key);
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
        Files.write(file, new byte[] {'c', ',', (byte) 0xe9, '\n'}, java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(() -> SecretsInFile.rehearse(file))
                .isInstanceOf(java.nio.charset.MalformedInputException.class);
    }
}
