package io.iotdarelay.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.egress.ProxyCredentials.Login;
import io.iotdarelay.settings.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyCredentialsTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void areNotNeededWhereNoneAreConfigured() throws IOException {
        assertThat(credentials(null, null, null).read()).isEmpty();
    }

    @Test
    void areReadAnewEachTime() throws IOException {
        ProxyCredentials credentials = credentials(null, write("user", "relay\n"), write("password", "first\r\n"));
        assertThat(credentials.read()).hasValue(new Login("relay", "first"));

        assertThat(write("user", "other")).isNotEmpty();
        assertThat(write("password", " with blanks ")).isNotEmpty();
        assertThat(credentials.read()).hasValue(new Login("other", " with blanks "));
    }

    @Test
    void mayHaveTheUserInTheConfiguration() throws IOException {
        assertThat(credentials("relay", null, write("password", "first")).read())
                .hasValue(new Login("relay", "first"));
    }

    @Test
    void nameTheFileThatCannotBeUsed() throws IOException {
        String password = write("password", "secret-of-the-proxy");
        assertThatThrownBy(() -> credentials(null, "file:" + directory.resolve("user"), password)
                        .read())
                .isInstanceOf(SecretFile.UnreadableException.class)
                .hasMessage(directory.resolve("user") + " cannot be read (NoSuchFileException)");

        String empty = write("user", "\n");
        assertThatThrownBy(() -> credentials(null, empty, password).read())
                .isInstanceOf(SecretFile.UnreadableException.class)
                .hasMessage(directory.resolve("user") + " is empty");
    }

    @Test
    void areNotPrinted() {
        assertThat(new Login("relay", "first")).hasToString("(login)");
    }

    /** Returns where it is, as users write it. */
    private String write(String name, String text) throws IOException {
        return "file:" + Files.writeString(directory.resolve(name), text);
    }

    private static ProxyCredentials credentials(
            @Nullable String username, @Nullable String usernameFile, @Nullable String passwordFile) {
        return new ProxyCredentials(new ProxyProperties(
                ProxyProperties.Protocol.HTTP, "proxy.example", 3128, username, usernameFile, passwordFile, List.of()));
    }
}
