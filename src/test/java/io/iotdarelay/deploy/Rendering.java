package io.iotdarelay.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Yaml;
import java.util.List;

/** All objects that the chart renders. */
record Rendering(List<Manifest> manifests) {

    static Rendering of(String yaml) {
        return new Rendering(Yaml.trees(yaml).stream().map(Manifest::new).toList());
    }

    List<Manifest> all(String kind) {
        return manifests.stream().filter(each -> each.kind().equals(kind)).toList();
    }

    /** The only one of its kind. */
    Manifest the(String kind) {
        List<Manifest> all = all(kind);
        assertThat(all).as("objects of kind " + kind).hasSize(1);
        return all.getFirst();
    }

    Manifest the(String kind, String name) {
        return all(kind).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name + " among " + manifests));
    }

    /** The only one of its kind whose name is that and a digest of its content. */
    Manifest kept(String kind, String name) {
        List<Manifest> all = all(kind).stream()
                .filter(each -> each.name().matches(name + "-[0-9a-f]{10}"))
                .toList();
        assertThat(all).as("objects of kind " + kind + " by their content").hasSize(1);
        return all.getFirst();
    }

    /** What runs the relay. */
    Manifest workload() {
        return workloads().stream().filter(Manifest::runsRelay).findFirst().orElseThrow();
    }

    /** What runs anything. */
    List<Manifest> workloads() {
        return manifests.stream()
                .filter(each -> List.of("Deployment", "StatefulSet").contains(each.kind()))
                .toList();
    }

    /** The ConfigMap that holds relay.yaml. */
    Manifest configuration() {
        return all("ConfigMap").stream()
                .filter(each -> each.data().containsKey("relay.yaml"))
                .findFirst()
                .orElseThrow();
    }
}
