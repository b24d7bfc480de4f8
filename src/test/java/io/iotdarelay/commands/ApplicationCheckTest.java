package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Answer;
import io.iotdarelay.appside.ApplicationSide;
import io.iotdarelay.appside.DevicePage;
import io.iotdarelay.commands.Finding.Severity;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ApplicationCheckTest {

    private static final Answer.Said SAID = new Answer.Said(403, Optional.of("IOTDA.000021"), "no");

    @Test
    void findsNothingWhereDevicesAreListed() {
        assertThat(ApplicationCheck.problem(
                        answering(new Answer.Found<>(new DevicePage(List.of(), 0, 0, 0, Optional.empty())))))
                .isEmpty();
    }

    @Test
    void aKeyThatIsRefusedIsAnError() {
        assertFinding(
                new Answer.Misconfigured<>("HTTP 401 (check the key)", true),
                Severity.ERROR,
                "HTTP 401 (check the key)");
        assertFinding(new Answer.Unreachable<>("no connection", false), Severity.ERROR, "no connection");
        assertFinding(new Answer.Withheld<>("not sent"), Severity.ERROR, "not sent");
    }

    /** Whoever needs no list needs not the right to make one. */
    @Test
    void aRightThatIsMissingIsAWarning() {
        assertFinding(
                new Answer.Misconfigured<>("HTTP 403", false), Severity.WARNING, "may not list devices: HTTP 403");
        assertFinding(new Answer.Refused<>(SAID), Severity.WARNING, "HTTP 403 IOTDA.000021: no");
        assertFinding(new Answer.Throttled<>(SAID, Optional.empty()), Severity.WARNING, "the platform throttles");
    }

    private static void assertFinding(Answer<DevicePage> answer, Severity severity, String message) {
        assertThat(ApplicationCheck.problem(answering(answer))).hasValueSatisfying(finding -> {
            assertThat(finding.severity()).isEqualTo(severity);
            assertThat(finding.rule().id()).isEqualTo("platform");
            assertThat(finding.message()).contains(message);
        });
    }

    private static ApplicationSide answering(Answer<DevicePage> answer) {
        return (ApplicationSide) Proxy.newProxyInstance(
                ApplicationCheckTest.class.getClassLoader(),
                new Class<?>[] {ApplicationSide.class},
                (side, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("devices");
                    return Mono.just(answer);
                });
    }
}
