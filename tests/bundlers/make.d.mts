export declare const projects: readonly string[];
export declare function pack(): string;
export declare function makeProject(name: string, packed: string): string;
