package io.iotdarelay.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.iotdarelay.auth.TokenProperties;
import io.iotdarelay.settings.SettingsProblem;
import io.iotdarelay.testing.MountedSecret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {

    @TempDir
    Path directory;

    @Test
    void readsEveryFileOfAMountedSecret() {
        new MountedSecret(directory)
                .write(Map.of("2026-11", KeyFiles.content(1), "2026-12", KeyFiles.content(2) + "\n"));

        Keyring keys = Keyring.of(directory, "2026-12");

        assertThat(keys.current().id()).isEqualTo("2026-12");
        assertThat(keys.find("2026-11")).isPresent();
        assertThat(keys.find("2027-01")).isEmpty();
        assertThat(keys.trouble()).isEmpty();
    }

    @Test
    void followsAMountedSecret() {
        MountedSecret secret = new MountedSecret(directory).write(Map.of("a", KeyFiles.content(1)));
        Keyring keys = Keyring.of(directory, "a");
        TokenKey first = keys.current();

        keys.refresh();
        assertThat(keys.current()).isSameAs(first);
        secret.write(Map.of("a", KeyFiles.content(3), "b", KeyFiles.content(2)));
        keys.refresh();

        assertThat(keys.find("b")).isPresent();
        assertThat(keys.current().sealing()).isNotEqualTo(first.sealing());
        assertThat(keys.hold(keys.current())).isTrue();
        assertThat(keys.hold(first)).as("another one of that name").isFalse();
        assertThat(keys.hold(TokenKey.of("c", new byte[32]))).isFalse();
    }

    @Test
    void keepsWhatItHadWhileAFileCannotBeUsed() {
        KeyFiles.write(directory, "a", 1);
        KeyFiles.write(directory, "b", 2);
        Keyring keys = Keyring.of(directory, "a");

        KeyFiles.write(directory, "b", "half");
        keys.refresh();
        assertThat(keys.find("b")).isPresent();
        assertThat(keys.trouble()).hasValue("the key b has 3 bytes instead of 32");

        KeyFiles.delete(directory, "b");
        keys.refresh();
        assertThat(keys.find("b")).as("deleted on purpose").isEmpty();
        assertThat(keys.trouble()).isEmpty();
    }

    @Test
    void keepsEncryptingWithAKeyWhoseFileIsGone() throws Exception {
        KeyFiles.write(directory, "a", 1);
        KeyFiles.write(directory, "b", 2);
        Keyring keys = Keyring.of(directory, "a");

        KeyFiles.delete(directory, "a");
        keys.refresh();
        assertThat(keys.current().id()).isEqualTo("a");
        assertThat(keys.find("a")).isPresent();
        assertThat(keys.trouble()).hasValueSatisfying(why -> assertThat(why).contains("the key a"));

        KeyFiles.delete(directory, "b");
        Files.delete(directory);
        keys.refresh();
        assertThat(keys.find("b")).isPresent();
        assertThat(keys.current().id()).isEqualTo("a");
    }

    @Test
    void saysWhatIsWrongAtTheStart() {
        KeyFiles.write(directory, "short", "AAAA");
        KeyFiles.write(directory, "text", "this is not base64 but could be a secret");
        KeyFiles.write(directory, "long", "A".repeat(5000));
        KeyFiles.write(directory, "no id", 1);
        KeyFiles.write(directory, ".hidden", "nothing");

        assertThat(problems("short"))
                .containsExactlyInAnyOrder(
                        "relay.tokens.keys: the key long is not 32 bytes in base64",
                        "relay.tokens.keys: 'no id' cannot be the ID of a key: up to 64 letters, digits, '.', '_' and '-'",
                        "relay.tokens.keys: the key short has 3 bytes instead of 32",
                        "relay.tokens.keys: the key text is not 32 bytes in base64");
    }

    @Test
    void saysThatTheKeyThatEncryptsIsMissing() {
        assertThat(problems("a")).containsExactly("relay.tokens.keys: " + directory + " holds no key");
        KeyFiles.write(directory, "a", 1);

        assertThat(problems("a")).isEmpty();
        assertThat(problems("b")).containsExactly("relay.tokens.key: there is no file 'b' in " + directory);
        assertThatIllegalStateException().isThrownBy(() -> Keyring.of(directory, "b"));
    }

    @Test
    void saysThatTheDirectoryIsMissing() {
        TokenProperties missing = new TokenProperties(
                1,
                0.9,
                TokenProperties.Store.TOPIC,
                "t",
                directory.resolve("none").toString(),
                "a");

        assertThat(TokenKeys.problems(missing))
                .extracting(SettingsProblem::toString)
                .containsExactly("relay.tokens.keys: " + directory + "/none cannot be read: NoSuchFileException");
    }

    @Test
    void asksForNoKeysWhereNothingIsStored() {
        assertThat(TokenKeys.problems(new TokenProperties(1, 0.9, TokenProperties.Store.MEMORY, "t", null, null)))
                .isEmpty();
    }

    private List<String> problems(String key) {
        return TokenKeys.problems(
                        new TokenProperties(1, 0.9, TokenProperties.Store.TOPIC, "t", "file:" + directory, key))
                .stream()
                .map(SettingsProblem::toString)
                .toList();
    }
}
