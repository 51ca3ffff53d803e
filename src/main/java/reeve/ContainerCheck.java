package reeve;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import reeve.model.Workload;

/// What a container needs of this machine and would not find. Asks no runtime.
final class ContainerCheck {
    private ContainerCheck() {}

    static List<String> missing(Workload.Container container) {
        var missing = new ArrayList<String>();
        container.image().archive().filter(archive -> !Files.isReadable(archive))
                .ifPresent(archive -> missing.add("cannot read image_archive " + archive));
        container.image().build().ifPresent(build -> {
            if (!Files.isDirectory(build.context())) {
                missing.add("there is no folder " + build.context() + " to build from");
            } else if (!Files.isReadable(build.dockerfile())) {
                missing.add("cannot read " + build.dockerfile());
            }
        });
        for (Workload.Mount mount : container.mounts()) {
            if (mount instanceof Workload.Mount.Bind(Path source, String target, boolean _, boolean create) && !create
                    && !Files.exists(source)) {
                missing.add("there is no " + source + " to put at " + target);
            }
        }
        return missing;
    }
}
