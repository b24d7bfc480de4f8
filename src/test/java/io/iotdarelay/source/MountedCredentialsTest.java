package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.testing.MountedSecret;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.TextInputCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.scram.ScramExtensionsCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountedCredentialsTest {

    @TempDir
    private Path directory = Path.of("");

    private final MountedCredentials credentials = new MountedCredentials();
    private final NameCallback name = new NameCallback("user");
    private final PasswordCallback password = new PasswordCallback("password", false);

    @Test
    void eachConnectionGetsTheContentOfTheFiles() throws Exception {
        MountedSecret secret = new MountedSecret(directory).write(Map.of("username", "relay", "password", "first"));
        configure(Map.of("usernameFile", directory + "/username", "passwordFile", directory + "/password"));
        assertThat(asked()).isEqualTo("relay first");

        secret.write(Map.of("username", "relay-2", "password", "second"));

        assertThat(asked()).isEqualTo("relay-2 second");
    }

    @ParameterizedTest
    @CsvSource({
        "'a\n', a",
        "'a\r\n', a",
        "'a\n\n', 'a\n'",
        "' a ', ' a '",
        "'a\r', 'a\r'",
        "'\"\\${b}', '\"\\${b}'",
        "密码🔑, 密码🔑",
    })
    void onlyALineBreakAtTheEndDoesNotCount(String content, String read) throws Exception {
        new MountedSecret(directory).write(Map.of("username", "relay", "password", content));
        configure(Map.of("usernameFile", directory + "/username", "passwordFile", directory + "/password"));

        assertThat(asked()).isEqualTo("relay " + read);
    }

    @Test
    void missingValuesAreReported() {
        assertThatThrownBy(() -> configure(Map.of("usernameFile", "/u")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("passwordFile");
        configure(Map.of("usernameFile", directory + "/gone", "passwordFile", directory + "/gone"));
        assertThatThrownBy(this::asked).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void otherQuestionsAreNotAnswered() throws Exception {
        credentials.handle(new Callback[] {new ScramExtensionsCallback()});

        assertThatThrownBy(() -> credentials.handle(new Callback[] {new TextInputCallback("?")}))
                .isInstanceOf(UnsupportedCallbackException.class);
    }

    private void configure(Map<String, String> options) {
        credentials.configure(
                Map.of(),
                "PLAIN",
                List.of(new AppConfigurationEntry("Module", LoginModuleControlFlag.REQUIRED, options)));
    }

    private String asked() throws Exception {
        credentials.handle(new Callback[] {name, password});
        return name.getName() + " " + new String(password.getPassword());
    }
}
