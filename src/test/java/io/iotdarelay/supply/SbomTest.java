package io.iotdarelay.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.supply.Sbom.Component;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the relay is made of is listed, and may be passed on. */
class SbomTest {

    private final List<Component> libraries = Sbom.ofTheBuild().components();

    @Test
    void everyLibraryIsNamedByAFixedVersion() {
        assertThat(libraries).isNotEmpty().allSatisfy(library -> {
            assertThat(library.version()).isNotEmpty().doesNotContain("SNAPSHOT");
            assertThat(library.purl())
                    .startsWith("pkg:maven/" + library.group() + "/" + library.name() + "@" + library.version());
        });
    }

    /** A licence that is not there yet is a decision: {@link Licences#ALLOWED}, or which of several is taken. */
    @Test
    void everyLibraryHasALicenceThatIsAllowed() {
        assertThat(libraries)
                .filteredOn(library -> Licences.of(library).isEmpty())
                .extracting(library -> library + " " + library.licences())
                .isEmpty();
    }

    @Test
    void noLicenceIsAllowedThatNobodyUses() {
        assertThat(libraries.stream().flatMap(library -> Licences.of(library).stream()))
                .containsAll(Licences.ALLOWED.keySet());
    }

    @Test
    void whereSeveralLicencesAreOfferedOneIsTaken() {
        assertThat(Licences.of(library("ch.qos.logback", "EPL-2.0", "LGPL-2.1-only")))
                .contains("EPL-2.0");
        assertThat(Licences.of(library("ch.qos.logback", "LGPL-2.1-only", "GPL-3.0-only")))
                .isEmpty();
        assertThat(Licences.of(library("example", "Apache-2.0", "GPL-3.0-only")))
                .isEmpty();
        assertThat(Licences.of(library("example", "AGPL-3.0-only"))).isEmpty();
        assertThat(Licences.of(library("example"))).isEmpty();
    }

    private static Component library(String group, String... licences) {
        return new Component(group, "library", "1", "pkg:maven/" + group + "/library@1", List.of(licences));
    }
}
