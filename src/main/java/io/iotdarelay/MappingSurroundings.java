package io.iotdarelay;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.mapping.MappingFile;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.model.ModelCompiler;
import io.iotdarelay.model.ModelKeeper;
import io.iotdarelay.registry.RegistryProperties;
import io.iotdarelay.settings.SettingsProblem;
import java.util.ArrayList;
import java.util.List;

/** Checks a mapping that has changed against the rest of the configuration: the schema registry, the application side, the decoders and the product models. */
final class MappingSurroundings implements MappingFile.Surroundings {

    private final RegistryProperties registry;
    private final boolean mayCreateDevices;
    private final RecordDecoders decoders;
    private final ModelKeeper models;

    /**
     * What a mapping is checked against.
     *
     * @param mayCreateDevices whether the platform is asked for devices: only then it shows that one has to be created
     */
    MappingSurroundings(
            RegistryProperties registry, boolean mayCreateDevices, RecordDecoders decoders, ModelKeeper models) {
        this.registry = registry;
        this.mayCreateDevices = mayCreateDevices;
        this.decoders = decoders;
        this.models = models;
    }

    @Override
    public MappingFile.Prepared prepare(Routes routes) {
        List<SettingsProblem> problems = new ArrayList<>(RelaySettings.withRegistry(routes, registry.isConfigured()));
        problems.addAll(RelaySettings.withProvisioning(routes, mayCreateDevices));
        Runnable adopted = () -> {};
        switch (models.prepare(routes.shapes())) {
            case ModelCompiler.Compilation.Wrong wrong -> problems.addAll(wrong.problems());
            case ModelCompiler.Compilation.Compiled compiled -> adopted = () -> models.adopt(compiled.models());
        }
        if (problems.isEmpty()) {
            routes.encodings().forEach(decoders::of); // so that the poll thread need not build them
        }
        return new MappingFile.Prepared(problems, adopted);
    }
}
