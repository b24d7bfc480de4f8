package io.iotdarelay.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.endpoint.SanitizableData;

class ConfigurationEndpointTest {

    /** Named like secrets, which they are not. */
    private static final List<String> NO_SECRETS = List.of(
            "relay.routes[].key-format",
            "relay.tokens.keys",
            "relay.tokens.max-devices",
            "relay.tokens.renew-at",
            "relay.tokens.store",
            "relay.tokens.topic");

    /** A new setting that is named like a secret is masked, or is told here not to be one. */
    @Test
    void allThatIsNamedLikeASecretIsMasked() throws IOException {
        Pattern key = Pattern.compile("^\\| `(relay[^`]*)`", Pattern.MULTILINE);
        List<String> keys = key.matcher(Files.readString(Path.of("docs/configuration.md")))
                .results()
                .map((MatchResult found) -> found.group(1))
                .filter(name -> name.matches(".*(secret|password|key|token|credential)[^.]*$"))
                .filter(name -> !name.endsWith("-file") && !NO_SECRETS.contains(name))
                .toList();

        assertThat(keys)
                .contains("relay.platform.secret-key", "relay.registry.token")
                .allMatch(name -> masked(name, "value").equals("******"));
        assertThat(masked("relay.access.users[0].password", "value")).isEqualTo("******");
    }

    @ParameterizedTest
    @CsvSource({
        "relay.access.max-connections-per-address, 500",
        "relay.iotda.endpoint, https://platform:443",
        "relay.devices.file, file:///etc/devices.csv",
        "relay.iotda.proxy.password-file, file:/etc/password",
    })
    void showsWhatIsNone(String name, String value) {
        assertThat(masked(name, value)).isEqualTo(value);
    }

    @Test
    void masksAnAddressWithAPassword() {
        assertThat(masked("relay.registry.url", "https://user:pass@registry")).isEqualTo("******");
    }

    private static String masked(String name, Object value) {
        SanitizableData data = new SanitizableData(null, name, value);
        for (var mask : ConfigurationEndpoint.MASKS) {
            data = mask.applyUnlessFiltered(data);
        }
        return String.valueOf(data.getValue());
    }
}
