package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {

    @Test
    void takesOutWhatNobodyMaySee() {
        Redaction redaction = new Redaction(List.of("secret-1", "", "KEY"));

        assertThat(redaction.of("the secret 'secret-1' of KEY\nis too short, secret-1"))
                .isEqualTo("the secret '(hidden)' of (hidden) is too short, (hidden)");
        assertThat(redaction).hasToString("(redaction)");
    }

    @Test
    void cutsWhatIsLongAfterThat() {
        Redaction redaction = new Redaction(List.of("secret-1"));

        assertThat(redaction.of("x".repeat(196) + "secret-1"))
                .hasSize(203)
                .doesNotContain("secr")
                .endsWith("(hid...");
        assertThat(redaction.of("x".repeat(200))).hasSize(200);
    }
}
