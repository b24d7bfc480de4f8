package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.settings.SecretFile;
import io.iotdarelay.testing.MountedSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessKeysTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void mayBeInTheConfiguration() throws IOException {
        assertThat(new AccessKeys(Configured.at("https://platform.example").properties()).read())
                .isEqualTo(new AccessKey("RELAYAK", "RelaySk"));
    }

    @Test
    void areReadAnewEachTime() throws IOException {
        MountedSecret secret = new MountedSecret(directory.resolve("key"));
        secret.write(Map.of("id", "FIRST\n", "secret", " first-sk \n"));
        AccessKeys keys = keys(secret);
        assertThat(keys.read()).isEqualTo(new AccessKey("FIRST", "first-sk"));

        secret.write(Map.of("id", "SECOND", "secret", "second-sk"));
        assertThat(keys.read()).isEqualTo(new AccessKey("SECOND", "second-sk"));
        assertThat(keys.current().block()).isEqualTo(new AccessKey("SECOND", "second-sk"));
    }

    @Test
    void areNeverHalvesOfTwoKeys() throws IOException {
        Iterator<String> ids = List.of("OLD", "NEW", "NEW").iterator();
        Iterator<String> secrets = List.of("new-sk", "new-sk").iterator();

        assertThat(new AccessKeys(ids::next, secrets::next, true).read()).isEqualTo(new AccessKey("NEW", "new-sk"));
        assertThat(secrets).isExhausted();
    }

    @Test
    void areTakenAsTheyAreIfTheyNeverStopChanging() throws IOException {
        Iterator<String> ids = List.of("A", "B", "C").iterator();

        assertThat(new AccessKeys(ids::next, () -> "sk", true).read()).isEqualTo(new AccessKey("C", "sk"));
    }

    @Test
    void nameTheFileThatCannotBeUsed() {
        MountedSecret secret = new MountedSecret(directory.resolve("key"));
        secret.write(Map.of("id", "FIRST"));
        assertThatThrownBy(() -> keys(secret).read())
                .isInstanceOf(SecretFile.UnreadableException.class)
                .hasMessage(secret.path("secret") + " cannot be read (NoSuchFileException)");

        secret.write(Map.of("id", "not an ID", "secret", "first-sk"));
        assertThatThrownBy(() -> keys(secret).read())
                .isInstanceOf(SecretFile.UnreadableException.class)
                .hasMessageStartingWith("access-key-file does not begin with the ID of a key")
                .hasMessageNotContaining("not an ID");
    }

    @Test
    void areNeverBlank() {
        MountedSecret secret = new MountedSecret(directory.resolve("key"));
        secret.write(Map.of("id", "FIRST", "secret", "  \n"));
        assertThatThrownBy(() -> keys(secret).read())
                .isInstanceOf(SecretFile.UnreadableException.class)
                .hasMessage(secret.path("secret") + " is empty");

        secret.write(Map.of("id", "\t\n", "secret", "sk"));
        assertThatThrownBy(() -> keys(secret).read())
                .isInstanceOf(SecretFile.UnreadableException.class)
                .hasMessage(secret.path("id") + " is empty");
    }

    private static AccessKeys keys(MountedSecret secret) {
        return new AccessKeys(Configured.at("https://platform.example")
                .keyFiles(secret.location("id"), secret.location("secret"))
                .properties());
    }
}
