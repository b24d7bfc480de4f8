package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every set-up in {@code ci/}. */
class ChartSetupsTest {

    @TempDir
    private static Path directory;

    private static Chart everything;

    @BeforeAll
    static void copyTheChart() {
        everything = Chart.withHooksAndNotes(directory);
    }

    static List<Setup> setups() {
        return Setup.all();
    }

    @Test
    void thereAreTenOfThemAtLeast() {
        assertThat(setups()).hasSizeGreaterThanOrEqualTo(10);
    }

    @ParameterizedTest
    @MethodSource("setups")
    void lintHasNothingToSay(Setup setup, @TempDir Path copy) {
        LintResult result = Chart.lint(setup.values(), copy);

        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyObjectFitsItsModel(Setup setup) {
        Rendering rendering = everything.render(setup.values());

        assertThat(rendering.manifests())
                .filteredOn(manifest -> !manifest.kind().equals("Notes"))
                .flatMap(Models::problems)
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void podsPassTheRestrictedStandard(Setup setup) {
        Rendering rendering = everything.render(setup.values());

        assertThat(rendering.manifests())
                .filteredOn(manifest -> manifest.pod().isPresent())
                .hasSize(2)
                .flatMap(Policy::violations)
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void whatIsNamedIsThere(Setup setup) {
        Rendering rendering = everything.render(setup.values());

        assertThat(References.problems(rendering, setup.existing())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyObjectIsLabelledAndNamedOnce(Setup setup) {
        Rendering rendering = Chart.original().render(setup.values());

        assertThat(rendering.manifests()).extracting(Manifest::toString).doesNotHaveDuplicates();
        assertThat(rendering.manifests())
                .filteredOn(manifest -> !manifest.tree().toString().contains("\"answer\""))
                .allSatisfy(manifest -> assertThat(manifest.labels())
                        .as(manifest.toString())
                        .containsEntry("app.kubernetes.io/instance", Chart.RELEASE)
                        .containsEntry("app.kubernetes.io/managed-by", "Helm")
                        .containsKeys("app.kubernetes.io/name", "app.kubernetes.io/version", "helm.sh/chart"));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void theRelayStartsWithTheConfiguration(Setup setup) {
        RelayYaml.of(Chart.original().render(setup.values())).check();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void theConfigMapHoldsNoSecret(Setup setup) {
        Rendering rendering = Chart.original().render(setup.values());
        String configuration = rendering.configuration().tree().toString();

        assertThat(rendering.all("Secret"))
                .flatMap(secret -> secret.data().entrySet())
                .filteredOn(entry -> !entry.getKey().endsWith("username"))
                .allSatisfy(entry -> assertThat(configuration)
                        .as(entry.getKey())
                        .doesNotContain(entry.getValue().strip()));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void notesNameWhatWasInstalled(Setup setup) {
        Rendering rendering = everything.render(setup.values());

        assertThat(rendering.the("Notes").at("/text").asString())
                .contains(rendering.workload().toString(), "helm test relay -n telemetry", "iotda-device.cn-north-4")
                .doesNotContain("<no value>", "<nil>", "map[", "\t");
    }
}
