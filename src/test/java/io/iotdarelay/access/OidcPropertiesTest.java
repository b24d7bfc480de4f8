package io.iotdarelay.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.settings.InvalidSettingsException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OidcPropertiesTest {

    @ParameterizedTest
    @CsvSource({
        "https://a.example/realms/x, relay, viewer, ",
        "https://a.example:8443/, relay, viewer, ",
        ", relay, viewer, issuer-uri",
        "http://a.example, relay, viewer, issuer-uri",
        "https://user@a.example, relay, viewer, issuer-uri",
        "https://a.example?x=y, relay, viewer, issuer-uri",
        "https://a.example#x, relay, viewer, issuer-uri",
        "a.example, relay, viewer, issuer-uri",
        "https://a.example, , viewer, audience",
        "https://a.example, ' ', viewer, audience",
        "https://a.example, relay, , viewer-roles",
        "https://a.example, relay, ' ', viewer-roles"
    })
    void needsAnIssuerAnAudienceAndRoles(
            @Nullable URI issuer, @Nullable String audience, @Nullable String role, @Nullable String wrong) {
        if (wrong == null) {
            assertThat(properties(issuer, audience, role).issuerUri()).isEqualTo(issuer);
        } else {
            assertThatThrownBy(() -> properties(issuer, audience, role))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageContaining("relay.access.oidc." + wrong);
        }
    }

    private static OidcProperties properties(@Nullable URI issuer, @Nullable String audience, @Nullable String role) {
        return new OidcProperties(
                issuer, audience, null, null, "sub", "roles", role == null ? List.of() : List.of(role), List.of());
    }
}
