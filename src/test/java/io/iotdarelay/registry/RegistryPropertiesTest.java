package io.iotdarelay.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.settings.InvalidSettingsException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryPropertiesTest {

    private static RegistryProperties properties(
            String url,
            @Nullable String user,
            @Nullable String password,
            @Nullable String passwordFile,
            @Nullable String token,
            @Nullable String tokenFile) {
        return new RegistryProperties(
                List.of(URI.create(url)),
                null,
                user,
                password,
                passwordFile,
                token,
                tokenFile,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h", "https://h:8081", "https://h/apis/ccompat/v7", "https://h/"})
    void takesAddresses(String url) {
        assertThat(properties(url, null, null, null, null, null).isConfigured()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h:8081", "ftp://h", "https://u:p@h", "https://h?x=1", "https://h#x", "/path"})
    void refusesWhatIsNoAddressAndDoesNotRepeatIt(String url) {
        assertThatThrownBy(() -> properties(url, null, null, null, null, null))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("relay.registry.url")
                .hasMessageNotContaining("u:p");
    }

    @ParameterizedTest
    @CsvSource({
        "u,,,,, username",
        ",p,,,, username",
        ",,f,,, username",
        "u,p,f,,, password-file",
        ",,,t,f, token-file",
        "u,p,,t,, token",
        "u,,f,,f, token",
    })
    void refusesCredentialsThatDoNotFitTogether(
            @Nullable String user,
            @Nullable String password,
            @Nullable String passwordFile,
            @Nullable String token,
            @Nullable String tokenFile,
            String key) {
        assertThatThrownBy(() -> properties("http://h", user, password, passwordFile, token, tokenFile))
                .isInstanceOfSatisfying(
                        InvalidSettingsException.class,
                        wrong -> assertThat(wrong.problems())
                                .singleElement()
                                .asString()
                                .startsWith("relay.registry." + key + ":"));
    }

    @Test
    void printsNoSecret() {
        assertThat(properties("http://h", "user-1", "password-1", null, null, null)
                        .toString())
                .doesNotContain("password-1")
                .doesNotContain("user-1");
    }
}
